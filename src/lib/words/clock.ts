import { formatDate, formatNearDate, formatShortDate, formatShortDay } from '#lib/calendar/format.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { LimitRule } from '#lib/calendar/clock-rules.ts';
import type { SkippedDay } from '#lib/calendar/deadline-calculator.ts';
import { skippedSpans, type SkippedSpan } from '#lib/calendar/skipped-spans.ts';
import type { DueState } from '#lib/cases/due.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, type Locale } from '#lib/paraglide/runtime.js';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { type Audience, type Words, wordOf } from './cases.ts';

const clocks: Words<ClockName> = {
	verification: m.clock_verification,
	first_reply: m.clock_first_reply,
	solution: m.clock_solution,
	response_by_law: m.clock_response_by_law,
	decision_by_law: m.clock_decision_by_law,
	reporter_turn: m.clock_reporter_turn
};
const citizenClocks: Words<ClockName> = {
	...clocks,
	response_by_law: m.clock_response_by_law_citizen,
	decision_by_law: m.clock_decision_by_law_citizen,
	reporter_turn: m.clock_reporter_turn_citizen
};
type ClockState = 'running' | 'paused' | 'met' | 'stopped';
export const clockStateWord = wordOf<ClockState>({
	running: m.clock_state_running,
	paused: m.clock_state_paused,
	met: m.clock_state_met,
	stopped: m.clock_state_stopped
});
const clockLooks: Record<ClockState, Look> = {
	running: { tone: 'info', shape: 'clock' },
	paused: { tone: 'neutral', shape: 'pause' },
	met: { tone: 'good', shape: 'check' },
	stopped: { tone: 'neutral', shape: 'cross' }
};
type Skipped = 'weekend' | 'national_holiday' | 'joint_leave' | 'paused' | 'rolled_back';
const skipped: Words<Skipped> = {
	weekend: m.skipped_weekend,
	national_holiday: m.day_national_holiday,
	joint_leave: m.day_joint_leave,
	paused: m.skipped_paused,
	rolled_back: m.skipped_rolled_back
};
export const dayUnitWord = wordOf<'working' | 'calendar' | 'hours'>({
	working: m.day_unit_working,
	calendar: m.day_unit_calendar,
	hours: m.day_unit_hours
});

export const clockWord = (clock: ClockName, audience: Audience) =>
	(audience === 'citizen' ? citizenClocks : clocks)[clock]();

const limits: Words<LimitRule['name']> = {
	objection: m.clock_objection,
	completion: m.clock_completion,
	data_request: m.clock_data_request,
	breach: m.clock_breach
};
const ruleWords: Words<ClockName | LimitRule['name']> = { ...clocks, ...limits };

const BASES = [
	m.clock_basis_service_time,
	m.clock_basis_classes,
	m.clock_basis_office,
	m.clock_basis_service_law,
	m.clock_basis_service_law_decree,
	m.clock_basis_data_law
];

/** The legal basis of a deadline. It is stored in Indonesian. Those of a new installation exist in each language. */
export function basisWord(basis: string): string {
	return BASES.find((word) => word({}, { locale: baseLocale }) === basis)?.() ?? basis;
}

/** The name of a deadline rule, also of one that is no clock of a case. */
export const ruleWord = wordOf(ruleWords);

function lateWords(lateDays: number): string {
	return lateDays > 0 ? m.clock_overdue_days({ days: lateDays }) : m.clock_overdue();
}

interface ClockStatus {
	state: ClockState;
	late: boolean;
	due: DueState;
	lateDays: number;
}

/** Looks of a report's next deadline. */
export const dueLooks = {
	overdue: { tone: 'danger', shape: 'stop' },
	soon: { tone: 'warn', shape: 'bang' },
	later: { tone: 'neutral', shape: 'clock' },
	paused: { tone: 'neutral', shape: 'pause' },
	none: { tone: 'neutral', shape: 'check' }
} as const satisfies Record<DueState, Look>;

/** State of a deadline as a text with tone and shape. */
export function clockBadge(clock: ClockStatus): Look & { text: string } {
	if (clock.state === 'met' && clock.late) return { tone: 'neutral', shape: 'check', text: m.clock_met_late() };
	if (clock.due === 'overdue') return { ...dueLooks.overdue, text: lateWords(clock.lateDays) };
	if (clock.due === 'soon') return { ...dueLooks.soon, text: m.clock_due_soon() };
	return { ...clockLooks[clock.state], text: clockStateWord(clock.state) };
}

/**
 * `Hari ini`, `Besok`, `4 Des`: the day of a deadline in `zone`. It does without `calendar/days.ts`, which would add 7 kB to
 * the scripts of the desk, and takes each day for 24 hours, as all days of Indonesia's zones are.
 */
export function dueDayWords(dueAt: Date, zone: string, now: Date): string {
	const dayOf = (at: Date) => formatNearDate(at, zone, now);
	const day = dayOf(dueAt);
	if (day === dayOf(now)) return m.clock_due_today();
	return day === dayOf(new Date(now.getTime() + DAY_MS)) ? m.clock_due_tomorrow() : day;
}

/** Text about a report's deadline in a list row. */
export function dueWords(
	{ state, lateDays, dueAt }: { state: DueState; lateDays: number; dueAt: Date | null },
	zone: string,
	now: Date
): string {
	if (state === 'overdue') return lateWords(lateDays);
	if (dueAt) return dueDayWords(dueAt, zone, now);
	return state === 'paused' ? m.clock_state_paused() : m.clock_none();
}

/** Texts about a deadline for the reporter: `Dijawab paling lambat …` and its state. */
export function citizenClockWords(
	{ dueAt, state, late, basis, provisional }: CitizenClock,
	zone: string
): { main: string; more: string } {
	const stateText = clockStateText({ state, late });
	const more = [
		dueAt ? stateText : undefined,
		m.desk_clock_basis({ basis: basisWord(basis) }),
		provisional ? m.clock_provisional() : undefined
	];
	return {
		main: dueAt ? m.citizen_case_clock_by({ date: formatDate(dueAt, zone) }) : stateText,
		more: more.filter((part) => part !== undefined).join(' · ')
	};
}
/** Whether a deadline was met, late or in time, was missed, is still open or has ended. */
export function clockStateText({ state, late }: Pick<CitizenClock, 'state' | 'late'>): string {
	if (late) return state === 'running' ? m.clock_overdue() : m.clock_met_late();
	return clockStateWord(state);
}
interface CitizenClock {
	dueAt: Date | null;
	state: ClockState;
	/** It was met late, or is late now. */
	late: boolean;
	basis: string;
	provisional: boolean;
}

/**
 * How a deadline is counted: `5 hari kerja sejak Selasa, 24 November 2026. Dasar: …`. For calendar days, adds that
 * every day counts.
 */
export function howCounted({ days, dayUnit, basis }: HowLong & { basis: string }, since: string): string {
	const length = dayUnit === 'working' ? m.common_working_days({ days }) : m.common_calendar_days({ days });
	return [
		`${m.desk_clock_since({ days: length, date: since })}.`,
		...(dayUnit === 'calendar' ? [m.desk_clock_every_day()] : []),
		`${m.desk_clock_basis({ basis: basisWord(basis) })}.`
	].join(' ');
}
interface HowLong {
	days: number;
	dayUnit: 'working' | 'calendar';
}

export interface DaysOff {
	why: string;
	spans: string[];
}

/**
 * Explains why the due day is not start plus days. For working days, lists the days that were not counted. For calendar
 * days, lists the days off on which the limit fell. Undefined if there is nothing to explain.
 */
export function daysOffExplained(
	{ dayUnit, skipped, dueAt }: Pick<HowLong, 'dayUnit'> & { skipped: readonly SkippedDay[]; dueAt: Date | null },
	zone: string
): DaysOff | undefined {
	if (skipped.length === 0) return undefined;
	const why =
		dayUnit === 'calendar' && dueAt
			? m.desk_clock_rolled_back({ date: formatShortDate(dueAt, zone) })
			: m.desk_clock_skipped({ count: skipped.length });
	return { why, spans: skippedSpans(skipped).map((span) => spanWords(span)) };
}

/** `28–29 Nov 2026 (akhir pekan)`, `25 Des 2026 (libur nasional: Hari Raya Natal)`. */
function spanWords({ from, to, why, name }: SkippedSpan): string {
	const word = skipped[why]().toLocaleLowerCase();
	return `${between(from, to)} (${name ? `${word}: ${name}` : word})`;
}

function between(from: string, to: string): string {
	if (from === to) return formatShortDay(from);
	const sameMonth = from.slice(0, 7) === to.slice(0, 7);
	const first = sameMonth ? String(Number(from.slice(8))) : formatShortDay(from);
	return `${first}–${formatShortDay(to)}`;
}

/** The date of a promise, marked if it may still move because the holidays of its year are not decreed yet. */
export const promisedDate = (date: string, provisional: boolean, language?: { locale: Locale }): string =>
	provisional ? m.clock_provisional_date({ date }, language) : date;
