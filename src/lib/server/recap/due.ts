import { and, eq, exists, gte, inArray, lt, notExists, or, sql, type SQL } from 'drizzle-orm';
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
import { storeSetting } from '#lib/server/db/settings.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { momentsOf } from './scope.ts';

const SETTING = 'recap_due';

/** Working days after a period's end until its report is due. No national rule sets them; the province chooses. */
const daysField = z.coerce
	.number({ error: 'field_invalid' })
	.int('field_invalid')
	.min(1, 'field_invalid')
	.max(60, 'field_invalid');
const dueDays = z.object({ month: daysField.default(5), quarter: daysField.default(10) });

export async function recapDueDays() {
	return dueDays.parse((await settingOf(SETTING)) ?? {});
}

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

/**
 * Changes, for every office, after how many working days reports are due.
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function changeRecapDue(actor: Actor, raw: unknown): Promise<void> {
	const value = checked(z.object({ month: daysField, quarter: daysField }), raw);
	const before = await recapDueDays();
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		await storeSetting(tx, SETTING, value);
		await recordDifference(tx, actor, { action: 'recap.due_changed', subject: SETTING }, { ...before }, value);
	});
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
