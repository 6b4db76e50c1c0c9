import { and, asc, eq, gte, inArray, lte } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from './actor.ts';
import { accountForAdmin, standingOf } from './administration.ts';
import { recordChange } from './audit.ts';
import { deputiesFor } from './deputies.ts';
import { dayField, idField } from './form-fields.ts';
import { isId } from './ids.ts';

/** First and last day of an absence, and the deputy who is assigned the absent person's new cases. */
const absenceSchema = z
	.object({ fromDay: dayField, toDay: dayField, deputyId: idField('deputy_invalid').optional() })
	.refine(({ fromDay, toDay }) => fromDay <= toDay, { path: ['toDay'], message: 'admin_range' });
export interface Absence {
	id: string;
	fromDay: string;
	toDay: string;
	/** Name of the deputy, if there is one. */
	deputy: string | null;
}

/** Current and future absences of an account, earliest first. */
export async function absencesOf(accountId: string): Promise<Absence[]> {
	// Yesterday in UTC: today is not earlier in any zone.
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	return db()
		.select({ id: absences.id, fromDay: absences.fromDay, toDay: absences.toDay, deputy: accounts.name })
		.from(absences)
		.leftJoin(accounts, eq(accounts.id, absences.deputyId))
		.where(and(eq(absences.accountId, accountId), gte(absences.toDay, yesterday)))
		.orderBy(asc(absences.fromDay));
}

async function nameFor(tx: Tx, actor: Actor, accountId: string): Promise<{ subject: string; unitId: string | null }> {
	if (actor.accountId !== accountId) await accountForAdmin(tx, actor, accountId, 'seen');
	const [account] = await tx.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, accountId));
	const [unitId] = await standingOf(tx, accountId);
	return { subject: account?.username ?? accountId, unitId: unitId ?? null };
}

/**
 * Marks an account absent: by its owner or an administrator.
 *
 * @throws NotFound if the account is not the actor's · Invalid if the deputy is not one of `deputiesFor`
 */
export async function addAbsence(actor: Actor, accountId: string, raw: unknown): Promise<void> {
	const days = checked(absenceSchema, raw);
	await transaction(async (tx) => {
		const about = await nameFor(tx, actor, accountId);
		const deputy = days.deputyId && (await deputiesFor(accountId, tx)).find((one) => one.id === days.deputyId);
		if (days.deputyId && !deputy) throw new Invalid([{ path: 'deputyId', code: 'deputy_invalid' }]);
		await tx.insert(absences).values({ accountId, ...days });
		const { fromDay, toDay } = days;
		const after = { fromDay, toDay, ...(deputy ? { deputy: deputy.name } : {}) };
		await recordChange(tx, actor, { ...about, action: 'absence.added', after });
	});
}

/** Deletes an absence. @throws NotFound */
export async function removeAbsence(actor: Actor, accountId: string, absenceId: string): Promise<void> {
	if (!isId(absenceId)) throw new NotFound(`absence ${absenceId}`);
	await transaction(async (tx) => {
		const about = await nameFor(tx, actor, accountId);
		const [gone] = await tx
			.delete(absences)
			.where(and(eq(absences.id, absenceId), eq(absences.accountId, accountId)))
			.returning();
		if (!gone) throw new NotFound(`absence ${absenceId}`);
		const before = { fromDay: gone.fromDay, toDay: gone.toDay };
		await recordChange(tx, actor, { ...about, action: 'absence.removed', before });
	});
}

/** Returns those of `accountIds` who are absent today in `zone`, each with the deputy's id or null. */
export async function absentToday(
	on: Database | Tx,
	accountIds: readonly string[],
	zone: string
): Promise<Map<string, string | null>> {
	if (accountIds.length === 0) return new Map();
	const today = localDate(now(), zone);
	const away = await on
		.select({ id: absences.accountId, deputyId: absences.deputyId })
		.from(absences)
		.where(and(inArray(absences.accountId, [...accountIds]), lte(absences.fromDay, today), gte(absences.toDay, today)))
		.orderBy(asc(absences.fromDay), asc(absences.id));
	const found = new Map<string, string | null>();
	// If two absences overlap, the one with a deputy counts.
	for (const { id, deputyId } of away) found.set(id, found.get(id) ?? deputyId);
	return found;
}
