import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { units } from './units.ts';

const unit = () =>
	uuid()
		.notNull()
		.references(() => units.id);

/**
 * How many reports of which sort, per day and per month: what pages of figures read instead of reports. Triggers keep it on
 * `cases`, `clocks`, `timeline` and `escalations` (docs/decisions/0020).
 *
 * A row counts one thing: `measure` what happened on the day, `part` by what it is divided, `value` which of these; of no
 * part both are empty.
 *
 * | measure | day | part: value |
 * | --- | --- | --- |
 * | received | it came into the register | none · kind · category ('' for none) · channel · place (id) · status as it is now |
 * | open | of receipt | none: not answered, closed or archived by now |
 * | answered | of each answer | none · days (from receipt to answer, calendar days) |
 * | archived | of each archiving | none · reason |
 * | reopened | of each dispute and reopening | none |
 * | score | of the reporter's word | none: 1 to 5 |
 * | kept | a promise was kept | the clock: met · late |
 * | running | of receipt | the clock: due time in UTC, or `paused` |
 * | lapor | the forward was made; of hours: it was sent | state · hours (from making it to its number, at most 999) |
 *
 * What each figure means is said once, in docs/decisions/0026. `received`, `answered`, `archived`, `reopened` and `kept` are
 * the rows of `case_moves` and `clock_outcomes`, which periodic reports count too.
 */
export const caseSums = pgTable(
	'case_sums',
	{
		/** The office the report is about. */
		unitId: unit(),
		/** The service it names, '' for none; '*' all together. */
		service: text().notNull(),
		grain: text().$type<'day' | 'month'>().notNull(),
		measure: text().notNull(),
		/** For a month its first day. */
		day: date().notNull(),
		part: text().notNull(),
		value: text().notNull(),
		/** Who may count it: the office that handles it, and whether only its supervisors see it. */
		handlingUnitId: unit(),
		restricted: boolean().notNull(),
		n: bigint({ mode: 'number' }).notNull()
	},
	(t) => [
		primaryKey({
			name: 'case_sums_pk',
			columns: [t.unitId, t.service, t.grain, t.measure, t.day, t.part, t.value, t.handlingUnitId, t.restricted]
		}),
		index('case_sums_spent')
			.on(t.n)
			.where(sql`n = 0`)
	]
);

/**
 * What changed since the sums were last added up (`insight/fold.ts`): the figures are both together. Changes are only ever
 * appended, so that of two commits that touch many reports neither waits for the other.
 */
export const caseSumChanges = pgTable('case_sum_changes', {
	id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
	unitId: uuid().notNull(),
	service: text().notNull(),
	measure: text().notNull(),
	day: date().notNull(),
	part: text().notNull(),
	value: text().notNull(),
	handlingUnitId: uuid().notNull(),
	restricted: boolean().notNull(),
	n: bigint({ mode: 'number' }).notNull()
});
