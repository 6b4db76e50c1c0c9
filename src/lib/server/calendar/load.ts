import { sql } from 'drizzle-orm';
import {
	type ClockRule,
	DEFAULT_CLOCK_RULES,
	DEFAULT_HOUR_RULES,
	type HourClock,
	type HourRule
} from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { HOLIDAY_DECREES, HOLIDAYS } from '#lib/calendar/holidays.ts';
import type { Database } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';
import { reference } from '#lib/server/reference/reference.ts';

/** The decreed days off. */
export const loadCalendar = async (): Promise<Calendar> => (await reference()).calendar;

/**
 * The deadline rules that applied at `at`, each with its start. Of the versions of a rule, the latest that had
 * started is used. Cases keep the deadlines that applied when they were opened, so callers pass that time.
 */
export async function loadRules(at: Date): Promise<(ClockRule & { since: Date })[]> {
	return (await loadAllRules(at)).filter((rule) => rule.dayUnit !== 'hours');
}

/** `loadRules`, and the clocks of the personal data law, which count hours. */
export async function loadAllRules(at: Date): Promise<((ClockRule | HourRule) & { since: Date })[]> {
	const latest = new Map<string, (ClockRule | HourRule) & { since: Date }>();
	for (const { id: _, validFrom: since, ...row } of (await reference()).clockRules) {
		if (since > at) continue;
		const rule = row as ClockRule | HourRule;
		latest.set([rule.name, rule.kind, rule.class, rule.state].join('/'), { ...rule, since });
	}
	return [...latest.values()];
}

/** Length in hours and legal basis of a clock that counts every hour, as it applied at `at`. */
export async function hourRule(name: HourClock, at: Date): Promise<{ hours: number; basis: string }> {
	const rule = (await loadAllRules(at)).find((one) => one.name === name);
	if (!rule) throw new Error(`no rule for ${name}`);
	return { hours: rule.days, basis: rule.basis };
}

const BEFORE_ANY_CASE = new Date('2000-01-01T00:00:00Z');

/** Stores the default decrees and deadline rules in a new installation. If there are already rules, nothing changes. */
export async function ensureDefaults(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		// Two processes may start at once.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('defaults'))`);
		const known = await tx.select({ id: clockRules.id }).from(clockRules).limit(1);
		if (known.length > 0) return;
		await tx
			.insert(clockRules)
			.values([...DEFAULT_CLOCK_RULES, ...DEFAULT_HOUR_RULES].map((rule) => ({ ...rule, validFrom: BEFORE_ANY_CASE })));
		await tx.insert(calendarYears).values(HOLIDAY_DECREES.map((decree) => ({ ...decree })));
		await tx.insert(calendarDays).values(HOLIDAYS.map(({ date, kind, name }) => ({ day: date, kind, name })));
	});
}
