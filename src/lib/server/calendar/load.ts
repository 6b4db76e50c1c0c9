import {
	type ClockRule,
	DEFAULT_CLOCK_RULES,
	DEFAULT_LIMIT_RULES,
	type HourClock,
	isClockRule,
	type LimitRule
} from '#lib/calendar/clock-rules.ts';
import { localDate } from '#lib/calendar/days.ts';
import { isProvisional, type Calendar } from '#lib/calendar/working-calendar.ts';
import { HOLIDAY_DECREES, HOLIDAYS } from '#lib/calendar/holidays.ts';
import type { Database } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** The decreed days off. */
export const loadCalendar = async (): Promise<Calendar> => (await referenceData()).calendar;

/** Whether a deadline may still move, because no decree is loaded for its year. */
export const isDeadlineProvisional = async (dueAt: Date | null, zone: string): Promise<boolean> =>
	dueAt !== null && isProvisional(localDate(dueAt, zone), await loadCalendar());

/**
 * The deadline rules that applied at `at`, each with its start. Of the versions of a rule, the latest that had
 * started is used. Cases keep the deadlines that applied when they were opened, so callers pass that time.
 */
export async function loadRules(at: Date): Promise<(ClockRule & { since: Date })[]> {
	return (await loadAllRules(at)).filter((rule): rule is ClockRule & { since: Date } => isClockRule(rule));
}

/** `loadRules`, and the deadlines that are no clocks of a case. */
export async function loadAllRules(at: Date): Promise<((ClockRule | LimitRule) & { since: Date })[]> {
	const latest = new Map<string, (ClockRule | LimitRule) & { since: Date }>();
	for (const { id: _, validFrom: since, ...row } of (await referenceData()).clockRules) {
		if (since > at) continue;
		const rule = row as ClockRule | LimitRule;
		latest.set([rule.name, rule.kind, rule.class, rule.state].join('/'), { ...rule, since });
	}
	return [...latest.values()];
}

/** A deadline that is no clock of a case, as it applied at `at`. */
export async function limitRule(name: LimitRule['name'], at: Date): Promise<LimitRule> {
	const rule = (await loadAllRules(at)).find((one): one is LimitRule & { since: Date } => one.name === name);
	if (!rule) throw new Error(`no rule for ${name}`);
	return rule;
}

/** Length in hours and legal basis of a clock that counts every hour, as it applied at `at`. */
export async function hourRule(name: HourClock, at: Date): Promise<{ hours: number; basis: string }> {
	const rule = await limitRule(name, at);
	return { hours: rule.days, basis: rule.basis };
}

const BEFORE_ANY_CASE = new Date('2000-01-01T00:00:00Z');

/** Stores the default decrees and deadline rules in a new installation. An older one gets the rules that it lacks. */
export async function ensureDefaults(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		// Two processes may start at once.
		await lockKey(tx, 'defaults');
		const known = new Set(
			(await tx.selectDistinct({ name: clockRules.name }).from(clockRules)).map(({ name }) => name)
		);
		const missing = [...DEFAULT_CLOCK_RULES, ...DEFAULT_LIMIT_RULES].filter(({ name }) => !known.has(name));
		if (missing.length > 0)
			await tx.insert(clockRules).values(missing.map((rule) => ({ ...rule, validFrom: BEFORE_ANY_CASE })));
		if (known.size > 0) return;
		await tx.insert(calendarYears).values(HOLIDAY_DECREES.map((decree) => ({ ...decree })));
		await tx.insert(calendarDays).values(HOLIDAYS.map(({ date, kind, name }) => ({ day: date, kind, name })));
	});
}
