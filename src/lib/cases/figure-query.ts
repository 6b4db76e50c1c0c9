import { isLocalDate, type LocalDate } from '#lib/calendar/days.ts';
import { isUuid } from '#lib/text/uuid.ts';
import {
	ARCHIVE_REASONS,
	CATEGORIES,
	CHANNELS,
	CLOCK_NAMES,
	ESCALATION_STATES,
	SERVICE_KINDS,
	type ArchiveReason,
	type Category,
	type Channel,
	type ClockName,
	type EscalationState,
	type ServiceKind
} from './vocabulary.ts';

/**
 * The event of a report that a figure counts. `aged` uses the date of receipt, even if the report was entered later.
 */
const FIGURE_EVENTS = [
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

/** `met` and `late` are for `kept`, `overdue` is for `missed`. `running` is the present state of the deadline. */
const CLOCK_OUTCOMES = ['met', 'late', 'running', 'overdue'] as const;
export type ClockOutcome = (typeof CLOCK_OUTCOMES)[number];

/**
 * Facts of the reports of a list, as in its address: the filter behind a figure of a board, or of the inbox's form.
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

/** Returns `text` if it is in the list of values. */
export const oneOf = <T extends string>(text: string | null | undefined, values: readonly T[]): T | undefined =>
	values.find((value) => value === text);

const uuidOf = (text: string | null) => (text && isUuid(text) ? text : undefined);

/** Reads the facts from an address. Returns undefined if there are none. Invalid values are dropped. */
export function readFigure(query: URLSearchParams): FigureChoice | undefined {
	const [from, to] = ['from', 'to']
		.map((name) => query.get(name) ?? '')
		.map((day) => (isLocalDate(day) ? day : undefined));
	const [name, outcome] = (query.get('clock') ?? '').split('.');
	const clock = oneOf(name, CLOCK_NAMES);
	const clockOutcome = oneOf(outcome, CLOCK_OUTCOMES);
	const score = Number(query.get('score'));
	const facts = withoutUndefined({
		from: from && to && from > to ? undefined : from,
		to,
		service: oneOf(query.get('service'), SERVICE_KINDS),
		category: oneOf(query.get('category'), [...CATEGORIES, 'none'] as const),
		channel: oneOf(query.get('channel'), CHANNELS),
		place: uuidOf(query.get('place')),
		handler: uuidOf(query.get('handler')),
		named: query.has('named') || undefined,
		lapor: query.has('lapor') || undefined,
		reason: oneOf(query.get('reason'), ARCHIVE_REASONS),
		score: [1, 2, 3, 4, 5].includes(score) ? score : undefined,
		clock: clock && clockOutcome ? { name: clock, outcome: clockOutcome } : undefined,
		forward: oneOf(query.get('forward'), ESCALATION_STATES)
	});
	if (Object.keys(facts).length === 0) return undefined;
	const tree = query.has('tree') ? { tree: true } : {};
	return { by: oneOf(query.get('by'), FIGURE_EVENTS) ?? 'received', ...tree, ...(facts as Omit<FigureChoice, 'by'>) };
}

/** The address parameters of a figure. */
export function figureParameters(figure: FigureChoice): Record<string, string> {
	const { by, clock, tree, named, lapor, score, ...rest } = figure;
	const flag = (set: boolean | undefined) => (set ? '1' : undefined);
	return withoutUndefined({
		// Without days, the event makes no difference.
		by: rest.from || rest.to || by !== 'received' ? by : undefined,
		...rest,
		tree: flag(tree),
		named: flag(named),
		lapor: flag(lapor),
		score: score === undefined ? undefined : String(score),
		clock: clock && `${clock.name}.${clock.outcome}`
	});
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function withoutUndefined<T extends object>(all: T): Defined<T> {
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Defined<T>;
}
