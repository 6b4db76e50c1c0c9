import { isLocalDate } from '#lib/calendar/days.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { CLOCK_OUTCOMES, FIGURE_EVENTS, withoutUndefined, type FigureChoice } from './figure-query.ts';
import type { InboxChoice } from './inbox-query.ts';
import {
	ARCHIVE_REASONS,
	CASE_KINDS,
	CASE_STATUSES,
	CATEGORIES,
	CHANNELS,
	CLOCK_NAMES,
	ESCALATION_STATES,
	PRIORITIES,
	SERVICE_KINDS
} from './vocabulary.ts';

/*
 * `inbox-query.ts` writes these addresses. It is a file of its own because every page of the desk loads it in the
 * browser, and only reading needs the calendar.
 */

/** Returns `text` if it is in the list of values. */
const oneOf = <T extends string>(text: string | null | undefined, values: readonly T[]): T | undefined =>
	values.find((value) => value === text);

const uuidOf = (text: string | null) => (text && isUuid(text) ? text : undefined);

/**
 * Reads a figure's filter from an address. Returns undefined if there is none. Invalid values are dropped. Without `by`
 * the days are days of arrival, as in the form of the desk.
 */
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
	return { by: oneOf(query.get('by'), FIGURE_EVENTS) ?? 'aged', ...tree, ...(facts as Omit<FigureChoice, 'by'>) };
}

/** Reads an address. Unknown values are dropped, so an old bookmark shows more cases instead of an error. */
export function readInboxChoice(query: URLSearchParams): InboxChoice {
	const statuses = query.getAll('status').flatMap((part) => part.split(','));
	const status = statuses.includes('all') ? 'all' : CASE_STATUSES.filter((value) => statuses.includes(value));
	const kind = oneOf(query.get('kind'), CASE_KINDS);
	const priority = oneOf(query.get('priority'), PRIORITIES);
	const due = oneOf(query.get('due'), ['overdue', 'soon']);
	const unit = query.get('unit')?.trim();
	const q = query.get('q')?.trim();
	const figure = readFigure(query);
	return {
		status,
		mine: query.has('mine'),
		deputy: query.has('deputy'),
		unassigned: query.has('unassigned'),
		approval: query.has('approval'),
		objection: query.has('objection'),
		kind,
		priority,
		due,
		unit: unit || undefined,
		figure,
		q: q || undefined
	};
}
