import type { DayUnit } from './deadline-calculator.ts';
import type { CaseClass, CaseKind, ClockName } from '#lib/cases/vocabulary.ts';

interface ClockSubject {
	kind: CaseKind;
	class: CaseClass;
}

/** States on whose entry the reporter's turn begins. */
type ReporterState = 'needs_info' | 'answered';

/** One deadline as an administrator keeps it: how long, for which cases, on which ground. Null asks nothing. */
export interface ClockRule {
	name: ClockName;
	kind: CaseKind | null;
	class: CaseClass | null;
	/** Set where the clock starts on entering a state. */
	state: ReporterState | null;
	days: number;
	dayUnit: DayUnit;
	basis: string;
}

/** Which clocks run for a case, by what starts them. */
interface StartingClocks {
	receipt: ClockRule[];
	/** When the complaint is complete: verification, or the reporter's last completion. */
	completeness: ClockRule[];
	needs_info: ClockRule[];
	answered: ClockRule[];
}

const SERVICE_TIME = 'Waktu layanan SP4N-LAPOR!';
const CLASSES = 'Klasifikasi laporan yang dipublikasikan instansi';
const working = (days: number) => ({ days, dayUnit: 'working' as const });
const calendar = (days: number) => ({ days, dayUnit: 'calendar' as const });
const everyCase = { kind: null, class: null, state: null };
const complaint = { ...everyCase, kind: 'complaint' as const };

/**
 * The rules an installation starts with: service times of SP4N-LAPOR, and the law on public service. `solution` goes by class: before verification an
 * information request counts as `information` and everything else as `plain`. A suggestion is never held to the five
 * days of an information request.
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

/** Clocks that stand still in `needs_info`; the rest never pause. */
export const PAUSING_CLOCKS: readonly ClockName[] = ['verification', 'first_reply', 'solution'];

/**
 * The clocks of a case by what starts them. Of several rules for one clock the one that asks more of the case holds,
 * then the one that asks for its class, then the earlier in the list; so no clock starts twice.
 */
export function rulesFor(rules: readonly ClockRule[], subject: ClockSubject): StartingClocks {
	const starting: StartingClocks = { receipt: [], completeness: [], needs_info: [], answered: [] };
	for (const rule of rules.filter((rule) => fits(rule, subject))) {
		const clocks = starting[startOf(rule)];
		const rival = clocks.findIndex(({ name }) => name === rule.name);
		const beaten = clocks[rival];
		if (!beaten) clocks.push(rule);
		else if (weight(rule) > weight(beaten)) clocks[rival] = rule;
	}
	return starting;
}

function fits(rule: ClockRule, subject: ClockSubject): boolean {
	return (rule.kind ?? subject.kind) === subject.kind && (rule.class ?? subject.class) === subject.class;
}

function weight(rule: ClockRule): number {
	return (rule.kind ? 2 : 0) + (rule.class ? 3 : 0);
}

function startOf({ name, state }: ClockRule): keyof StartingClocks {
	if (state) return state;
	return name === 'decision_by_law' ? 'completeness' : 'receipt';
}
