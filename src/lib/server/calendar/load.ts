import { asc, eq, lte } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { ClockRule } from '#lib/calendar/clock-rules.ts';
import { calendarOf, type Calendar } from '#lib/calendar/working-calendar.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';

/**
 * The decreed days off, as they stand now. About sixty rows: read afresh, so that no process works with old ones.
 *
 * @param only the one day that is asked about; the others are left out
 */
export async function loadCalendar(on: Database | Tx, only?: LocalDate): Promise<Calendar> {
	const [years, days] = await Promise.all([
		only ? [] : on.select().from(calendarYears),
		on
			.select()
			.from(calendarDays)
			.where(only ? eq(calendarDays.day, only) : undefined)
	]);
	return calendarOf(
		years,
		days.map(({ day, kind, name }) => ({ date: day, kind, name }))
	);
}

/**
 * The deadline rules that held at `at`: of the versions of one rule the latest that had begun. Cases keep the promise
 * they were given, so callers ask with the moment the case was opened.
 */
export async function loadRules(on: Database | Tx, at: Date): Promise<ClockRule[]> {
	const rows = await on
		.select()
		.from(clockRules)
		.where(lte(clockRules.validFrom, at))
		.orderBy(asc(clockRules.validFrom));
	const latest = new Map<string, ClockRule>();
	for (const { name, kind, class: caseClass, state, days, dayUnit, basis } of rows) {
		const rule = { name, kind, class: caseClass, state, days, dayUnit, basis } as ClockRule;
		latest.set([name, kind, caseClass, state].join('/'), rule);
	}
	return [...latest.values()];
}
