import { and, asc, eq, gt, inArray, isNotNull, isNull, lte } from 'drizzle-orm';
import { addDays, instantAt } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { Acting, Role } from '#lib/cases/vocabulary.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, type Reader, type Tx } from '#lib/server/db/index.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { recordChange } from '../audit.ts';

const ofAccount = (accountId: string) => and(eq(actingRoles.accountId, accountId), isNull(actingRoles.endedAt));

/** The moment at which a day begins at the office. */
const beginOf = async (unitId: string, day: string): Promise<Date> =>
	instantAt(day, '00:00', (await referenceData()).unitById.get(unitId)?.timeZone ?? 'UTC');

/** The moment after the last day, in the office's zone. */
export const endOfActing = (unitId: string, toDay: string): Promise<Date> => beginOf(unitId, addDays(toDay, 1));

interface RoleInUnit {
	accountId: string;
	unitId: string;
	role: Role;
}
type ActingGrant = RoleInUnit & ActingTerms;

const grantsOf = ({ accountId, unitId, role }: RoleInUnit) =>
	and(ofAccount(accountId), eq(actingRoles.unitId, unitId), eq(actingRoles.role, role));

/** How and when somebody acts for a head: the kind, the number of the order, and the first and last day. */
export interface ActingTerms {
	kind: Acting;
	order: string;
	fromDay: string;
	toDay: string;
}

/** Whether an account has the role in the unit as acting head on one of these days already. */
export async function overlapsActing(on: Reader, grant: ActingGrant): Promise<boolean> {
	const earlier = await on.select().from(actingRoles).where(grantsOf(grant));
	return earlier.some((one) => one.fromDay <= grant.toDay && grant.fromDay <= one.toDay);
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
	const startsAt = await beginOf(grant.unitId, grant.fromDay);
	const [stored] = await tx
		.insert(actingRoles)
		.values({ ...grant, startsAt, endsAt })
		.returning();
	const { unitId, role, kind, order, fromDay, toDay } = grant;
	const after = { role, kind, order, fromDay, toDay };
	await recordChange(tx, { accountId: by }, { unitId, action: 'role.acting_granted', subject, after });
	if (stored && startsAt <= now()) await startActingRole(tx, stored, subject);
	return true;
}

type ActingRow = typeof actingRoles.$inferSelect;

/** Starts a grant in the caller's transaction. */
export async function startActingRole(
	tx: Tx,
	{ id, accountId, unitId, role, kind, order }: ActingRow,
	subject: string
): Promise<void> {
	const target = [roles.accountId, roles.unitId, roles.role];
	// A permanent role that was granted meanwhile stays permanent. A role from an earlier grant is continued by this one.
	const prolonged = { target, set: { actingId: id }, setWhere: isNotNull(roles.actingId) };
	await tx.insert(roles).values({ accountId, unitId, role, actingId: id }).onConflictDoUpdate(prolonged);
	await tx.update(actingRoles).set({ begunAt: now() }).where(eq(actingRoles.id, id));
	const change = { unitId, action: 'role.acting_started' as const, subject, after: { role, kind, order } };
	await recordChange(tx, null, change);
}

/**
 * Starts the grant that gives an account a role now, after its permanent role was revoked.
 * @returns whether there is such a grant
 */
export async function resumeActingRole(tx: Tx, role: RoleInUnit, subject: string): Promise<boolean> {
	const { startsAt, endsAt } = actingRoles;
	const present = and(grantsOf(role), lte(startsAt, now()), gt(endsAt, now()));
	const [grant] = await tx.select().from(actingRoles).where(present).for('update');
	if (grant) await startActingRole(tx, grant, subject);
	return grant !== undefined;
}

/**
 * Ends a grant in the caller's transaction; the account keeps its other roles.
 * @returns whether the account lost the role
 */
export async function endActingRole(tx: Tx, id: string): Promise<boolean> {
	const lost = await tx.delete(roles).where(eq(roles.actingId, id)).returning();
	await tx.update(actingRoles).set({ endedAt: now() }).where(eq(actingRoles.id, id));
	return lost.length > 0;
}

/** The present and future grants of an account, earliest first. */
export async function actingRolesOf(accountId: string) {
	const rows = await db()
		.select()
		.from(actingRoles)
		.where(and(ofAccount(accountId), gt(actingRoles.endsAt, now())))
		.orderBy(asc(actingRoles.startsAt));
	return rows.map((row) => ({ ...row, role: row.role as Role, kind: row.kind as Acting }));
}

/** Grants in these units that end within three days, so that administrators can prolong them in time. */
export async function actingRolesEndingSoon(unitIds: readonly string[]): Promise<number> {
	const until = fromNow(3 * DAY_MS);
	const { id, unitId, endsAt, endedAt } = actingRoles;
	const soon = and(inArray(unitId, [...unitIds]), isNull(endedAt), gt(endsAt, now()), lte(endsAt, until));
	return (await db().select({ id }).from(actingRoles).where(soon)).length;
}
