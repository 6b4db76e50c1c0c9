import { and, asc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { localDate } from '#lib/calendar/days.ts';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences, roles } from '#lib/server/db/schema/people.ts';
import { invalid } from '#lib/server/errors.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { chainOf, coversDay, referenceData, yesterdayUtc, type Unit } from '#lib/server/reference/reference.ts';
import { CASE_ROLES } from './access/kinds.ts';
import type { Actor } from './actor.ts';
import { aboutAccount, accountForAdmin, accountsWithRole } from './administration.ts';
import { recordChange } from './audit.ts';
import { dayField } from './form-fields.ts';

/**
 * First and last day of an absence, and the deputy who is assigned the absent person's new cases (`cases/triage/route.ts`,
 * `cases/handling/assign.ts`).
 */
const absenceSchema = z
	.object({ fromDay: dayField, toDay: dayField, deputyId: z.uuid('deputy_invalid').optional() })
	.refine(({ fromDay, toDay }) => fromDay <= toDay, { path: ['toDay'], message: 'admin_range' });

/** Current and future absences of an account, earliest first, with the deputy's name. */
export async function absencesOf(accountId: string) {
	return db()
		.select({ id: absences.id, fromDay: absences.fromDay, toDay: absences.toDay, deputy: accounts.name })
		.from(absences)
		.leftJoin(accounts, eq(accounts.id, absences.deputyId))
		.where(and(eq(absences.accountId, accountId), gte(absences.toDay, yesterdayUtc())))
		.orderBy(asc(absences.fromDay));
}

/** Refuses all but the account and its administrator. @returns the subject of the log entry @throws NotFound */
async function requireMayChange(tx: Tx, actor: Actor, accountId: string) {
	if (actor.accountId !== accountId) await accountForAdmin(tx, actor, accountId, 'seen');
	return aboutAccount(tx, accountId);
}

/**
 * Records an absence of an account. The account itself or its administrator may do this. A job notifies the person of
 * an absence that somebody else entered, and another one the deputy.
 * @throws NotFound if the actor is neither
 * @throws Invalid if its last day is past, or the deputy is not one of `deputiesFor`
 */
export async function addAbsence(actor: Actor, accountId: string, raw: unknown): Promise<void> {
	const days = checked(absenceSchema, raw);
	if (days.toDay < yesterdayUtc()) throw invalid('toDay', 'last_day_past');
	await transaction(async (tx) => {
		const about = await requireMayChange(tx, actor, accountId);
		const deputy = days.deputyId && (await deputiesFor(accountId, tx)).find((one) => one.id === days.deputyId);
		if (days.deputyId && !deputy) throw invalid('deputyId', 'deputy_invalid');
		const enteredAt = now();
		const byOther = actor.accountId !== accountId;
		const { fromDay, toDay } = days;
		const notice = { at: enteredAt.toISOString(), by: actor.name, fromDay, toDay };
		await createOnce(tx, absences, raw, async (id) => {
			await tx.insert(absences).values({ id, accountId, ...days, enteredByOtherAt: byOther ? enteredAt : null });
			if (byOther) await enqueue(tx, 'absence-entered', { ...notice, accountId });
			if (deputy) await enqueueForDeputy(tx, actor, deputy.id, { accountId, fromDay, toDay });
			const after = { fromDay, toDay, deputy: deputy ? deputy.name : undefined };
			await recordChange(tx, actor, { ...about, action: 'absence.added', after });
		});
	});
}

/** Notifies a deputy that he or she is now the deputy of an absence, or that the absence was deleted. */
async function enqueueForDeputy(
	tx: Tx,
	actor: Actor,
	deputyId: string,
	{ accountId, fromDay, toDay }: Pick<typeof absences.$inferSelect, 'accountId' | 'fromDay' | 'toDay'>,
	ended?: boolean
): Promise<void> {
	if (deputyId === actor.accountId) return;
	const { name: absent } = await tx.select().from(accounts).where(eq(accounts.id, accountId)).then(oneRow);
	const notice = { at: now().toISOString(), by: actor.name, fromDay, toDay };
	await enqueue(tx, 'absence-entered', { ...notice, accountId: deputyId, absent, ended });
}

/**
 * Deletes an absence and notifies its deputy, unless its last day is past. Does nothing if it is already deleted.
 * @throws NotFound if the actor may not change the account's absences
 */
export async function removeAbsence(actor: Actor, accountId: string, absenceId: string): Promise<void> {
	await transaction(async (tx) => {
		const about = await requireMayChange(tx, actor, accountId);
		const [removed] = await tx
			.delete(absences)
			.where(and(isId(absences.id, absenceId), eq(absences.accountId, accountId)))
			.returning();
		if (!removed) return;
		if (removed.deputyId && removed.toDay >= yesterdayUtc())
			await enqueueForDeputy(tx, actor, removed.deputyId, removed, true);
		const before = { fromDay: removed.fromDay, toDay: removed.toDay };
		await recordChange(tx, actor, { ...about, action: 'absence.removed', before });
	});
}

/**
 * Replaces a deputy by the account `by` in all present and future absences, and notifies `by`. With null the absences
 * have no deputy any more.
 * @returns the number of absences
 */
export async function replaceDeputy(tx: Tx, actor: Actor, deputyId: string, by: string | null): Promise<number> {
	const itself = by ? eq(absences.accountId, by) : sql`false`;
	const replaced = await tx
		.update(absences)
		.set({ deputyId: sql`case when ${itself} then null else ${by}::uuid end` })
		.where(and(eq(absences.deputyId, deputyId), gte(absences.toDay, yesterdayUtc())))
		.returning();
	for (const absence of replaced) if (absence.deputyId) await enqueueForDeputy(tx, actor, absence.deputyId, absence);
	return replaced.length;
}

/** Returns those of `accountIds` who are absent today in `zone`, each with the deputy's id or null. */
export async function absentToday(accountIds: readonly string[], zone: string): Promise<Map<string, string | null>> {
	const deputies = new Map<string, string | null>();
	for (const { accountId, deputyId } of await absencesToday(accountIds, zone)) {
		// If absences overlap, the earliest one with a deputy decides.
		deputies.set(accountId, deputies.get(accountId) ?? deputyId);
	}
	return deputies;
}

async function absencesToday(accountIds: readonly string[], zone: string) {
	const today = localDate(now(), zone);
	const { absences: known } = await referenceData();
	return known.filter((one) => coversDay(one, today) && accountIds.includes(one.accountId));
}

/**
 * Returns those of `accountIds` whose absence today may leave nobody to approve. An absence that somebody else entered
 * counts only after one working day. Otherwise an administrator could enter absences of all supervisors, publish an
 * answer alone and delete the absences again.
 */
export async function surelyAbsentToday(
	accountIds: readonly string[],
	unit: Pick<Unit, 'timeZone' | 'hours'>
): Promise<Set<string>> {
	const today = await absencesToday(accountIds, unit.timeZone);
	const calendar = await loadCalendar();
	const counting = today.filter(
		({ enteredByOtherAt: at }) => at === null || nextWorkdayEnd(at, unit, calendar) <= now()
	);
	return new Set(counting.map(({ accountId }) => accountId));
}

/**
 * Handlers and supervisors of these units who are absent today in their unit's time zone, with their deputy, by name.
 */
export async function absencesWithin(unitIds: readonly string[]) {
	const { absences: known } = await referenceData();
	if (known.length === 0 || unitIds.length === 0) return [];
	const deputy = alias(accounts, 'deputy');
	const today = sql`(${now().toISOString()}::timestamptz at time zone ${units.timeZone})::date`;
	return db()
		.selectDistinct({ id: absences.id, name: accounts.name, toDay: absences.toDay, deputy: deputy.name })
		.from(absences)
		.innerJoin(accounts, and(eq(accounts.id, absences.accountId), eq(accounts.active, true)))
		.innerJoin(roles, and(eq(roles.accountId, accounts.id), inArray(roles.role, [...CASE_ROLES])))
		.innerJoin(units, eq(units.id, roles.unitId))
		.leftJoin(deputy, eq(deputy.id, absences.deputyId))
		.where(and(inArray(roles.unitId, [...unitIds]), lte(absences.fromDay, today), gte(absences.toDay, today)))
		.orderBy(asc(accounts.name), asc(absences.id));
}

/** Possible deputies of an account: active handlers and supervisors of its units or of units above them. */
export async function deputiesFor(
	accountId: string,
	on: Database | Tx = db()
): Promise<{ id: string; name: string }[]> {
	const own = await on
		.select({ path: units.path })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(and(eq(roles.accountId, accountId), inArray(roles.role, [...CASE_ROLES])));
	const people = await accountsWithRole(on, CASE_ROLES, own.flatMap(chainOf));
	return people.filter(({ id }) => id !== accountId);
}

/** Returns the absent active accounts for which this account is deputy today (in the time zone of their unit), by name. */
export async function peopleDeputisedFor(accountId: string | null): Promise<{ id: string; name: string }[]> {
	if (!accountId) return [];
	const theirs = (await referenceData()).absences.filter(({ deputyId }) => deputyId === accountId);
	// Asks only for accounts that may be absent, because their time zones are those of their roles.
	if (theirs.length === 0) return [];
	const today = sql`(${now().toISOString()}::timestamptz at time zone ${units.timeZone})::date`;
	return db()
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(absences)
		.innerJoin(accounts, and(eq(accounts.id, absences.accountId), eq(accounts.active, true)))
		.innerJoin(roles, eq(roles.accountId, accounts.id))
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(and(eq(absences.deputyId, accountId), lte(absences.fromDay, today), gte(absences.toDay, today)))
		.orderBy(asc(accounts.name), asc(accounts.id));
}
