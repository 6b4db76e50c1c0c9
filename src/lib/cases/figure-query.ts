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

/** What happened to a report on the days of a figure. `aged`: it bears the date of receipt, whenever it was written down. */
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

/** `met` and `late` belong to `kept`, `overdue` to `missed`; `running`: the present state of the deadline. */
const CLOCK_OUTCOMES = ['met', 'late', 'running', 'overdue'] as const;
export type ClockOutcome = (typeof CLOCK_OUTCOMES)[number];

/** The reports a board's figure counts, besides kind, status and office, exactly as in the list's address. */
export interface FigureChoice {
	by: FigureEvent;
	/** Without one: up to `to`. */
	from?: LocalDate;
	to: LocalDate;
	/** With the offices below the chosen one. */
	tree?: boolean;
	service?: ServiceKind;
	/** `none`: of no category yet. */
	category?: Category | 'none';
	channel?: Channel;
	place?: string;
	reason?: ArchiveReason;
	score?: number;
	clock?: { name: ClockName; outcome: ClockOutcome };
	forward?: EscalationState;
}

/** The value of a closed list that an address or a form names. */
export const one = <T extends string>(text: string | null | undefined, values: readonly T[]): T | undefined =>
	values.find((value) => value === text);

/** Reads an address; undefined if it speaks of no figure. What it says wrongly is dropped. */
export function readFigure(query: URLSearchParams): FigureChoice | undefined {
	const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
	if (!isLocalDate(to)) return undefined;
	const [name, outcome] = (query.get('clock') ?? '').split('.');
	const clock = one(name, CLOCK_NAMES);
	const ended = one(outcome, CLOCK_OUTCOMES);
	const place = query.get('place');
	const score = Number(query.get('score'));
	return dropped({
		by: one(query.get('by'), FIGURE_EVENTS) ?? 'received',
		from: isLocalDate(from) && from <= to ? from : undefined,
		to,
		tree: query.has('tree') || undefined,
		service: one(query.get('service'), SERVICE_KINDS),
		category: one(query.get('category'), [...CATEGORIES, 'none'] as const),
		channel: one(query.get('channel'), CHANNELS),
		place: place && isUuid(place) ? place : undefined,
		reason: one(query.get('reason'), ARCHIVE_REASONS),
		score: [1, 2, 3, 4, 5].includes(score) ? score : undefined,
		clock: clock && ended ? { name: clock, outcome: ended } : undefined,
		forward: one(query.get('forward'), ESCALATION_STATES)
	});
}

/** The parameters of an address that say it. */
export function figureParameters(figure: FigureChoice): Record<string, string> {
	const { clock, tree, score, ...rest } = figure;
	return dropped({
		...rest,
		tree: tree ? '1' : undefined,
		score: score === undefined ? undefined : String(score),
		clock: clock && `${clock.name}.${clock.outcome}`
	});
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function dropped<T extends object>(all: T): Given<T> {
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Given<T>;
}
