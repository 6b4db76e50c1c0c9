import { and, eq, exists, gte, inArray, lt, notExists, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { grainOf, type PeriodKey } from '#lib/ratings/period-key.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { siteSetting } from '#lib/server/people/site-setting.ts';
import { momentsOf } from './scope.ts';

const daysField = z.coerce
	.number({ error: 'field_invalid' })
	.int('field_invalid')
	.min(1, 'field_invalid')
	.max(60, 'field_invalid');

/**
 * After how many working days after a period's end its report is due, for every office. No national rule sets them; the
 * province chooses.
 */
const setting = siteSetting({
	key: 'recap_due',
	action: 'recap.due_changed',
	form: z.object({ month: daysField, quarter: daysField }),
	defaults: { month: 5, quarter: 10 }
});
export const { read: recapDueDays, seen: seenOfRecapDue, change: changeRecapDue } = setting;

/** The day by which the report of each of these periods must be filed. */
export async function recapDueOn(keys: readonly PeriodKey[]): Promise<Map<PeriodKey, LocalDate>> {
	const chosen = await recapDueDays();
	const calendar = await loadCalendar();
	return new Map(
		keys.map((key) => {
			const after = grainOf(key) === 'quarter' ? chosen.quarter : chosen.month;
			return [key, addWorkingDays(recapPeriod(key)?.to ?? key, after, calendar)];
		})
	);
}

/** The first moment after a period in an office's time zone; undefined if the key is invalid. */
export function periodEnd(key: PeriodKey, timeZone: string): Date | undefined {
	const period = recapPeriod(key);
	return period && momentsOf({ period, timeZone }).until;
}

const anyRow = { one: sql`1` };

/** Condition for the units that had been opened by that moment. */
export function openedBefore(ended: Date): SQL | undefined {
	const { action, at, unitId } = auditEntries;
	const logged = (...conditions: (SQL | undefined)[]) =>
		db()
			.select(anyRow)
			.from(auditEntries)
			.where(and(eq(unitId, units.id), ...conditions));
	const begunLater = logged(inArray(action, ['unit.created', 'unit.opened']), gte(at, ended));
	const begunEarlier = logged(eq(action, 'unit.opened'), lt(at, ended));
	return or(notExists(begunLater), exists(begunEarlier));
}

/**
 * Condition for the units that owe the report of a period that ended at that moment: units that had been opened by then and had
 * a person with an account. Other units have nothing to report, so they are neither reminded nor late.
 */
export function owedBefore(ended: Date): SQL | undefined {
	const person = alias(accounts, 'first_person');
	const role = alias(roles, 'first_role');
	const earlyPerson = db()
		.select(anyRow)
		.from(role)
		.innerJoin(person, eq(person.id, role.accountId))
		.where(and(eq(role.unitId, units.id), lt(person.createdAt, ended)));
	return and(openedBefore(ended), exists(earlyPerson));
}
