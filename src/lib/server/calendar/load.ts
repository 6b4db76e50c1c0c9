import { asc, eq, lte } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { type ClockRule, DEFAULT_CLOCK_RULES } from '#lib/calendar/clock-rules.ts';
import { calendarOf, type Calendar } from '#lib/calendar/working-calendar.ts';
import { HOLIDAY_DECREES, HOLIDAYS } from '#lib/calendar/holidays.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';

/**
 * The decreed days off, as they stand now. About sixty rows: read afresh, so that no process works with old ones.
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
 * The deadline rules that held at `at`, and since when: of the versions of one rule the latest that had begun. Cases keep the promise
 * they were given, so callers ask with the moment the case was opened.
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

/** Since when the first rules hold: before any case. */
const ALWAYS = new Date('2000-01-01T00:00:00Z');

/** Gives a new installation the decreed calendars and the deadline rules it starts with; later ones are left alone. */
export async function ensureDefaults(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		const known = await tx.select({ id: clockRules.id }).from(clockRules).limit(1);
		if (known.length > 0) return;
		await tx.insert(clockRules).values(DEFAULT_CLOCK_RULES.map((rule) => ({ ...rule, validFrom: ALWAYS })));
		await tx.insert(calendarYears).values(HOLIDAY_DECREES.map((decree) => ({ ...decree })));
		await tx.insert(calendarDays).values(HOLIDAYS.map(({ date, kind, name }) => ({ day: date, kind, name })));
	});
}
