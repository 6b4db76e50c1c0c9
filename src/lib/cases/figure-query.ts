import type { LocalDate } from '#lib/calendar/days.ts';
import type { ArchiveReason, Category, Channel, ClockName, EscalationState, ServiceKind } from './vocabulary.ts';

/**
 * The event of a report that a figure counts. `aged` uses the date of arrival, even if the report was entered later.
 * `kept`: a deadline was met, on time or late. `missed`: a deadline was overdue at the end of the days (now, if they
 * have not ended), or when the case was archived within them.
 */
export const FIGURE_EVENTS = [
	'received',
	'aged',
	'answered',
	'archived',
	'reopened',
	'kept',
	'missed',
	'rated',
	'forwarded'
] as const;
export type FigureEvent = (typeof FIGURE_EVENTS)[number];

/**
 * With `kept`: `met` (on time) or `late`. With `missed`: `overdue`. `running`: the deadline now runs or is paused, and
 * is not overdue.
 */
export const CLOCK_OUTCOMES = ['met', 'late', 'running', 'overdue'] as const;
export type ClockOutcome = (typeof CLOCK_OUTCOMES)[number];

/**
 * Filter of a list of reports, as its URL has it. It comes from a figure of a board or from the form of the inbox.
 * Kind, status and office are separate parameters.
 */
export interface FigureChoice {
	by: FigureEvent;
	/** Absent: everything up to `to`. */
	from?: LocalDate;
	/** Absent: everything since `from`. */
	to?: LocalDate;
	/** Includes the offices below the chosen one. */
	tree?: boolean;
	service?: ServiceKind;
	/** `none`: without a category. */
	category?: Category | 'none';
	channel?: Channel;
	place?: string;
	/** The account that handles the report. */
	handler?: string;
	/** Only reports that name an officer. */
	named?: true;
	/** Only reports that were forwarded to SP4N-LAPOR!. */
	lapor?: true;
	reason?: ArchiveReason;
	score?: number;
	clock?: { name: ClockName; outcome: ClockOutcome };
	forward?: EscalationState;
}

/** The address parameters of a figure. */
export function figureParameters(figure: FigureChoice): Record<string, string> {
	const { by, clock, tree, named, lapor, score, ...rest } = figure;
	const flag = (set: boolean | undefined) => (set ? '1' : undefined);
	return withoutUndefined({
		// Without days, these two match every report, so the parameter is left out.
		by: rest.from || rest.to || !['received', 'aged'].includes(by) ? by : undefined,
		...rest,
		tree: flag(tree),
		named: flag(named),
		lapor: flag(lapor),
		score: score === undefined ? undefined : String(score),
		clock: clock && `${clock.name}.${clock.outcome}`
	});
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
export function withoutUndefined<T extends object>(all: T): Defined<T> {
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Defined<T>;
}
