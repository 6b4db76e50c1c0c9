import type { DayUnit } from './deadline-calculator.ts';
import { CLOCK_NAMES, type CaseClass, type CaseKind, type ClockName } from '#lib/cases/vocabulary.ts';

interface ClockSubject {
	kind: CaseKind;
	class: CaseClass;
}

/** States in which the reporter must act. */
type ReporterState = 'needs_info' | 'answered';

/**
 * One deadline rule as set by an administrator: its length, the cases it applies to, and its legal basis. A null
 * condition applies to all cases.
 */
export interface ClockRule {
	name: ClockName;
	kind: CaseKind | null;
	class: CaseClass | null;
	/** Set if the clock starts when the case enters this state. */
	state: ReporterState | null;
	days: number;
	dayUnit: DayUnit;
	basis: string;
}

/** The clocks of a case by the event that starts them. */
interface StartingClocks {
	received: ClockRule[];
	/** Starts when the complaint is complete: at verification, or when the reporter last completed it. */
	completeness: ClockRule[];
	needs_info: ClockRule[];
	answered: ClockRule[];
}

const SERVICE_TIME = 'Waktu layanan SP4N-LAPOR!';
const CLASSES = 'Klasifikasi laporan yang dipublikasikan instansi';
const OFFICE = 'Ketentuan kantor';
const working = (days: number) => ({ days, dayUnit: 'working' as const });
const calendar = (days: number) => ({ days, dayUnit: 'calendar' as const });
const everyCase = { kind: null, class: null, state: null };
const complaint = { ...everyCase, kind: 'complaint' as const };

/**
 * Rules of a new installation: service times of SP4N-LAPOR and the law on public service. `solution` depends on the
 * class: before verification an information request counts as `information` and everything else as `plain`. A
 * suggestion never gets the five days of an information request.
 */
export const DEFAULT_CLOCK_RULES: readonly ClockRule[] = [
	{ ...everyCase, name: 'verification', ...working(3), basis: SERVICE_TIME },
	{ ...everyCase, name: 'first_reply', ...working(5), basis: SERVICE_TIME },
	{ ...everyCase, name: 'solution', class: 'information', ...working(5), basis: CLASSES },
	{ ...everyCase, name: 'solution', kind: 'suggestion', class: 'information', ...working(14), basis: CLASSES },
	{ ...everyCase, name: 'solution', class: 'plain', ...working(14), basis: CLASSES },
	{ ...everyCase, name: 'solution', class: 'oversight', ...working(60), basis: CLASSES },
	{ ...complaint, name: 'response_by_law', ...calendar(14), basis: 'UU 25/2009' },
	{ ...complaint, name: 'decision_by_law', ...calendar(60), basis: 'UU 25/2009, Perpres 76/2013' },
	{ ...complaint, name: 'reporter_turn', state: 'needs_info', ...calendar(30), basis: 'UU 25/2009' },
	{ ...everyCase, name: 'reporter_turn', state: 'needs_info', ...working(10), basis: 'SP4N-LAPOR!' },
	{ ...everyCase, name: 'reporter_turn', state: 'answered', ...working(10), basis: 'SP4N-LAPOR!' }
];

/** Deadlines of the personal data law, which count every hour, weekends and holidays too. */
export type HourClock = 'data_request' | 'breach';

/** How long a reporter may object to an archiving, or complete a report archived as incomplete. */
type ReporterLimit = 'objection' | 'completion';

/** A deadline that is no clock of a case, as set by an administrator. With the unit `hours`, `days` holds hours. */
export interface LimitRule {
	name: HourClock | ReporterLimit;
	kind: null;
	class: null;
	state: null;
	days: number;
	dayUnit: DayUnit | 'hours';
	basis: string;
}

/**
 * Hours that UU 27/2022 gives for an answer about personal data, and to tell people of a breach ("paling lambat 3 x 24
 * jam"). An office may only be faster.
 */
export const PRIVACY_LAW_HOURS = 72;

/** Limits of a new installation. */
export const DEFAULT_LIMIT_RULES: readonly LimitRule[] = [
	{ ...everyCase, name: 'objection', ...working(10), basis: OFFICE },
	{ ...everyCase, name: 'completion', ...calendar(60), basis: OFFICE },
	{
		...everyCase,
		name: 'data_request',
		days: PRIVACY_LAW_HOURS,
		dayUnit: 'hours',
		basis: 'UU 27/2022 Pasal 30, 32, 40, dan 41'
	},
	{ ...everyCase, name: 'breach', days: PRIVACY_LAW_HOURS, dayUnit: 'hours', basis: 'UU 27/2022 Pasal 46' }
];

export const isClockRule = (rule: ClockRule | LimitRule): rule is ClockRule =>
	(CLOCK_NAMES as readonly string[]).includes(rule.name);

/** Clocks that pause in `needs_info`; the others never pause. */
export const PAUSING_CLOCKS: readonly ClockName[] = ['verification', 'first_reply', 'solution'];
/** How many questions to the reporter pause the office's deadlines. Further questions pause none. */
export const PAUSING_QUESTIONS = 2;

/**
 * Returns the clocks of a case by the event that starts them. If several rules match one clock, the rule with more
 * conditions is used, then one with a class, then the earlier one. So no clock starts twice.
 */
export function rulesFor(rules: readonly ClockRule[], subject: ClockSubject): StartingClocks {
	const starting: StartingClocks = { received: [], completeness: [], needs_info: [], answered: [] };
	for (const rule of rules.filter((rule) => matches(rule, subject))) {
		const clocks = starting[startOf(rule)];
		const sameClock = clocks.findIndex(({ name }) => name === rule.name);
		const other = clocks[sameClock];
		if (!other) clocks.push(rule);
		else if (specificity(rule) > specificity(other)) clocks[sameClock] = rule;
	}
	return starting;
}

function matches(rule: ClockRule, subject: ClockSubject): boolean {
	return (rule.kind ?? subject.kind) === subject.kind && (rule.class ?? subject.class) === subject.class;
}

function specificity(rule: ClockRule): number {
	return (rule.kind ? 2 : 0) + (rule.class ? 3 : 0);
}

function startOf({ name, state }: ClockRule): keyof StartingClocks {
	if (state) return state;
	return name === 'decision_by_law' ? 'completeness' : 'received';
}
