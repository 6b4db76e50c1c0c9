import { and, asc, eq, gt, inArray, isNull, lte } from 'drizzle-orm';
import { addDays, instantAt } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { Acting, Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Reader, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { anyUnit } from '../units/find-unit.ts';
import { recordChange } from '../audit.ts';

const ofAccount = (accountId: string) => and(eq(actingRoles.accountId, accountId), isNull(actingRoles.endedAt));

/** The moment after the last day, in the office's zone. */
export async function endOfActing(unitId: string, toDay: string): Promise<Date> {
	return instantAt(addDays(toDay, 1), '00:00', (await anyUnit(unitId))?.timeZone ?? 'UTC');
}

type ActingGrant = { accountId: string; unitId: string; role: Role } & ActingTerms;

/** How and when somebody acts for a head: the kind, the number of the order, and the first and last day. */
export interface ActingTerms {
	kind: Acting;
	order: string;
	fromDay: string;
	toDay: string;
}

/** Whether an account has the role in the unit as acting head on one of these days already. */
export async function overlapsActing(
	on: Reader,
	{ accountId, unitId, role, fromDay, toDay }: ActingGrant
): Promise<boolean> {
	const same = and(ofAccount(accountId), eq(actingRoles.unitId, unitId), eq(actingRoles.role, role));
	const earlier = await on.select().from(actingRoles).where(same);
	return earlier.some((one) => one.fromDay <= toDay && fromDay <= one.toDay);
}

/**
 * Stores an approved grant, and starts it if its first day has come.
 * @returns false if its end is past or another grant overlaps it by now
 */
export async function storeActingRole(
	tx: Tx,
	by: string | null,
	grant: ActingGrant,
	subject: string
): Promise<boolean> {
	const endsAt = await endOfActing(grant.unitId, grant.toDay);
	if (endsAt <= now() || (await overlapsActing(tx, grant))) return false;
	const startsAt = instantAt(grant.fromDay, '00:00', (await anyUnit(grant.unitId))?.timeZone ?? 'UTC');
	const [stored] = await tx
		.insert(actingRoles)
		.values({ ...grant, startsAt, endsAt })
		.returning();
	const { unitId, role, kind, order, fromDay, toDay } = grant;
	const after = { role, kind, order, fromDay, toDay };
	await recordChange(tx, { accountId: by }, { unitId, action: 'role.acting_granted', subject, after });
	if (stored && startsAt <= now()) await start(tx, stored, subject);
	return true;
}

type ActingRow = typeof actingRoles.$inferSelect;

async function start(tx: Tx, { id, accountId, unitId, role, kind, order }: ActingRow, subject: string): Promise<void> {
	// A permanent role that was granted meanwhile stays permanent.
	await tx.insert(roles).values({ accountId, unitId, role, actingId: id }).onConflictDoNothing();
	await tx.update(actingRoles).set({ begunAt: now() }).where(eq(actingRoles.id, id));
	const change = { unitId, action: 'role.acting_started' as const, subject, after: { role, kind, order } };
	await recordChange(tx, null, change);
}

/** Ends a grant in the caller's transaction; the account keeps its other roles. */
export async function endActingRole(tx: Tx, id: string): Promise<void> {
	await tx.delete(roles).where(eq(roles.actingId, id));
	await tx.update(actingRoles).set({ endedAt: now() }).where(eq(actingRoles.id, id));
}

/**
 * Runs each minute: starts the grants whose first day has come, and ends those whose last day is past. A grant of a
 * switched-off account is ended. Requests ignore an ended grant even before this has run (`actorFrom`).
 * @returns whether a grant ended
 */
export async function sweepActingRoles(): Promise<boolean> {
	const { startsAt, endsAt, begunAt, endedAt } = actingRoles;
	const open = isNull(endedAt);
	const ended = await transaction(async (tx) => {
		const due = await withUsername(tx, and(open, lte(endsAt, now())));
		for (const { row, username: subject } of due) {
			await endActingRole(tx, row.id);
			const { unitId, role, kind, order } = row;
			const change = { unitId, action: 'role.acting_ended' as const, subject, before: { role, kind, order } };
			if (row.begunAt) await recordChange(tx, null, change);
		}
		return due.length > 0;
	});
	await transaction(async (tx) => {
		const due = await withUsername(tx, and(open, isNull(begunAt), lte(startsAt, now())));
		for (const { row, username, active } of due) {
			if (active) await start(tx, row, username);
			else await endActingRole(tx, row.id);
		}
	});
	return ended;
}

const withUsername = (tx: Tx, which: ReturnType<typeof and>) =>
	tx
		.select({ row: actingRoles, username: accounts.username, active: accounts.active })
		.from(actingRoles)
		.innerJoin(accounts, eq(accounts.id, actingRoles.accountId))
		.where(which)
		.orderBy(asc(actingRoles.startsAt))
		.for('update', { of: actingRoles });

/** The present and future grants of an account, earliest first. */
export async function actingRolesOf(accountId: string) {
	const rows = await db()
		.select()
		.from(actingRoles)
		.where(and(ofAccount(accountId), gt(actingRoles.endsAt, now())))
		.orderBy(asc(actingRoles.startsAt));
	return rows.map((row) => ({ ...row, role: row.role as Role, kind: row.kind as Acting }));
}

/** Grants in these units that end within `days` days, so that administrators can prolong them in time. */
export async function actingRolesEndingSoon(unitIds: readonly string[], days: number): Promise<number> {
	const until = new Date(now().getTime() + days * DAY_MS);
	const { id, unitId, endsAt, endedAt } = actingRoles;
	const soon = and(inArray(unitId, [...unitIds]), isNull(endedAt), gt(endsAt, now()), lte(endsAt, until));
	return (await db().select({ id }).from(actingRoles).where(soon)).length;
}
