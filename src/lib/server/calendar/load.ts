import { asc, eq, lte } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { type ClockRule, DEFAULT_CLOCK_RULES } from '#lib/calendar/clock-rules.ts';
import { calendarOf, type Calendar } from '#lib/calendar/working-calendar.ts';
import { HOLIDAY_DECREES, HOLIDAYS } from '#lib/calendar/holidays.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';

/**
 * Loads the decreed days off. These are about sixty rows and are read each time, so that no process uses outdated ones.
 * @param only loads only this date
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
 * Loads the deadline rules that applied at `at`, each with its start. Of the versions of a rule, the latest that had
 * started is used. Cases keep the deadlines that applied when they were opened, so callers pass that time.
 */
export async function loadRules(on: Database | Tx, at: Date): Promise<(ClockRule & { since: Date })[]> {
	const rows = await on
		.select()
		.from(clockRules)
		.where(lte(clockRules.validFrom, at))
		.orderBy(asc(clockRules.validFrom));
	const latest = new Map<string, ClockRule & { since: Date }>();
	for (const { id: _, validFrom: since, ...row } of rows) {
		const rule = row as ClockRule;
		latest.set([rule.name, rule.kind, rule.class, rule.state].join('/'), { ...rule, since });
	}
	return [...latest.values()];
}

const BEFORE_ANY_CASE = new Date('2000-01-01T00:00:00Z');

/** Stores the default decrees and deadline rules in a new installation. If there are already rules, nothing changes. */
export async function ensureDefaults(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		const known = await tx.select({ id: clockRules.id }).from(clockRules).limit(1);
		if (known.length > 0) return;
		await tx.insert(clockRules).values(DEFAULT_CLOCK_RULES.map((rule) => ({ ...rule, validFrom: BEFORE_ANY_CASE })));
		await tx.insert(calendarYears).values(HOLIDAY_DECREES.map((decree) => ({ ...decree })));
		await tx.insert(calendarDays).values(HOLIDAYS.map(({ date, kind, name }) => ({ day: date, kind, name })));
	});
}
