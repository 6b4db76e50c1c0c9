import { and, eq, exists, gte, lt, notExists, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { grainOf, type PeriodKey } from '#lib/ratings/period-key.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { readSetting, storeSetting } from '#lib/server/db/settings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { momentsOf } from './scope.ts';

const SETTING = 'recap_due';

/** Working days after a period's end. No national rule sets them; the province chooses. */
const days = z.coerce
	.number({ error: 'field_invalid' })
	.int('field_invalid')
	.min(1, 'field_invalid')
	.max(60, 'field_invalid');
const stored = z.object({ month: days.default(5), quarter: days.default(10) });

export async function recapDueDays() {
	return stored.parse((await readSetting(SETTING)) ?? {});
}

/** The day by which the report of each of these periods is to be filed. */
export async function recapDueOn(keys: readonly PeriodKey[]): Promise<Map<PeriodKey, LocalDate>> {
	const chosen = await recapDueDays();
	const calendar = await loadCalendar(db());
	return new Map(
		keys.map((key) => {
			const after = grainOf(key) === 'quarter' ? chosen.quarter : chosen.month;
			return [key, addWorkingDays(recapPeriod(key)?.to ?? key, after, calendar)];
		})
	);
}

/**
 * Changes after how many working days reports are due, for every office.
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function changeRecapDue(actor: Actor, raw: unknown): Promise<void> {
	const value = checked(z.object({ month: days, quarter: days }), raw);
	const before = await recapDueDays();
	await transaction(async (tx) => {
		await requireRootAdmin(tx, actor);
		await storeSetting(tx, SETTING, value);
		await recordDifference(tx, actor, { action: 'recap.due_changed', subject: SETTING }, { ...before }, value);
	});
}

/** The first moment after a period in an office's zone; undefined: there is no such period. */
export function periodEnd(key: PeriodKey, timeZone: string): Date | undefined {
	const period = recapPeriod(key);
	return period && momentsOf({ period, timeZone }).until;
}

/**
 * Condition for the units that owe the report of a period that ended then: those that were not opened later and of whose own people
 * somebody had an account before. Other offices have nothing to report, so they are neither reminded nor late.
 */
export function owedBefore(ended: Date): SQL | undefined {
	const person = alias(accounts, 'first_person');
	const role = alias(roles, 'first_role');
	const one = { one: sql`1` };
	const openedLater = db()
		.select(one)
		.from(auditEntries)
		.where(
			and(eq(auditEntries.unitId, units.id), eq(auditEntries.action, 'unit.created'), gte(auditEntries.at, ended))
		);
	const somebody = db()
		.select(one)
		.from(role)
		.innerJoin(person, eq(person.id, role.accountId))
		.where(and(eq(role.unitId, units.id), lt(person.createdAt, ended)));
	return and(notExists(openedLater), exists(somebody));
}
