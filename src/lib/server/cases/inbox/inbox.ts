import { and, eq, inArray, not, sql, type SQL } from 'drizzle-orm';
import { workingDaysBetween } from '#lib/calendar/working-calendar.ts';
import { dueState } from '#lib/cases/due.ts';
import { parseReference, formatReference } from '#lib/text/reference-numbers.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { ClockName, EscalationMode } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { places, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openDraftState } from '../answers/draft.ts';
import { isProcessingRestricted } from '../visibility.ts';
import { hasOpenStatus, inboxCondition, type InboxFilter } from './filter.ts';
import { unassigned } from '../case-staff.ts';
import { inboxCursorOf, inboxOrder, readCursor, rangesAfter, type Direction } from './order.ts';
import { CHECKED, findWords, termsOf, widened, type Term } from './search.ts';
import { matchesOf, type Match } from './search-marks.ts';

const PAGE = 30;
/** Suffix of the cursor of a search that continues with similar words. */
const ALIKE = '~alike';

/** As `flagged` of the case page: unusual, and not verified yet. */
const isFlagged = sql<boolean>`(${cases.flagged} and 'received' =
	case when ${cases.status} = 'needs_info' then ${cases.returnStatus} else ${cases.status} end)`;

type Due = { name: ClockName; warnAt: string | null } | null;

/** The deadline that gives `cases.dueAt`, read by the index `clocks_warned`. Of two, the one that warns first. */
const earliestClock = sql<Due>`(select json_build_object('name', ${clocks.name}, 'warnAt', ${clocks.warnAt})
	from ${clocks} where ${clocks.dueAt} = ${cases.dueAt} and ${clocks.caseId} = ${cases.id}
	and ${clocks.state} = 'running' and ${clocks.name} <> 'reporter_turn' order by ${clocks.warnAt}, ${clocks.name} limit 1)`;

const columns = {
	id: cases.id,
	reference: cases.reference,
	kind: cases.kind,
	title: cases.title,
	excerpt: sql<string>`left(${cases.body}, 200)`,
	status: cases.status,
	priority: cases.priority,
	class: cases.class,
	category: cases.category,
	channel: cases.channel,
	version: cases.version,
	receivedAt: cases.receivedAt,
	dueAt: cases.dueAt,
	clock: earliestClock,
	restricted: cases.restricted,
	flagged: isFlagged,
	processingRestricted: isProcessingRestricted,
	disputes: cases.disputes,
	escalationState: cases.escalationState,
	/** The mode of the forward that waits: a person must copy it, or the site sends it. */
	escalationMode: sql<EscalationMode | null>`case when ${cases.escalationState} = 'waiting' then
		(select e.mode from escalations e where e.case_id = ${cases.id} and e.state = 'waiting' order by e.nn desc limit 1) end`,
	objectionAt: cases.objectionAt,
	unit: { id: units.id, code: units.code, slug: units.slug, name: units.name, timeZone: units.timeZone },
	place: places.name,
	placeKind: places.kind,
	assignee: { id: accounts.id, name: accounts.name },
	draft: openDraftState
};

/** An open case whose assignee can't work on it any more has no assignee in lists, so that others take it. */
const mayBeTaken = sql`(${hasOpenStatus} and ${unassigned})`;

type Row = Awaited<ReturnType<typeof rowsWhere>>[number];
export type InboxItem = Awaited<ReturnType<typeof withDue>>[number] & { match?: Match };

interface InboxPage {
	items: InboxItem[];
	nextCursor: string | null;
	previousCursor: string | null;
	/** No case contains the searched words, so the page shows matches of similar words. */
	alike: boolean;
	/**
	 * Set if the words have too many matches: only this many cases were checked, and the next page continues after them.
	 */
	checked: number | undefined;
}

function rowsWhere(where: SQL | undefined, direction: Direction, limit: number) {
	// Select the page first and join afterwards. Otherwise the planner underestimates the list and joins and sorts all of
	// it.
	const page = db()
		.select({ id: cases.id })
		.from(cases)
		.where(where)
		.orderBy(...inboxOrder(direction))
		.limit(limit)
		.as('page');
	return db()
		.select(columns)
		.from(page)
		.innerJoin(cases, eq(cases.id, page.id))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(places, eq(places.id, cases.placeId))
		.leftJoin(accounts, and(eq(accounts.id, cases.assigneeId), not(mayBeTaken)))
		.orderBy(...inboxOrder(direction));
}

/**
 * Returns a page of cases, most urgent first. Pages of a search only lead forward.
 *
 * @param cursor `nextCursor` of the page before, or with direction `newer` the `previousCursor` of the page after
 */
export async function inbox(
	actor: Actor,
	filter: InboxFilter,
	cursor?: string,
	direction: Direction = 'older'
): Promise<InboxPage> {
	if (isSearch(filter)) {
		const { ids, terms, alike, checked, nextCursor } = await searched(actor, filter, cursor, PAGE);
		const [items, matches] = await Promise.all([rowsOfPage(ids), matchesOf(ids, terms)]);
		return {
			items: items.map((row) => ({ ...row, match: matches.get(row.id) })),
			nextCursor,
			previousCursor: null,
			alike,
			checked
		};
	}
	const found = await withDue(listed(actor, filter, cursor, direction, PAGE + 1));
	const rows = found.slice(0, PAGE);
	if (direction === 'newer') rows.reverse();
	const more = found.length > PAGE;
	const [first, last] = [rows[0], rows.at(-1)];
	const hasOlder = direction === 'older' ? more : last !== undefined;
	const hasNewer = direction === 'older' ? cursor !== undefined : more;
	return {
		items: rows,
		nextCursor: hasOlder && last ? inboxCursorOf(last) : null,
		previousCursor: hasNewer && first ? inboxCursorOf(first) : null,
		alike: false,
		checked: undefined
	};
}

/** The same list in pages of `size`, for exports, without matched passages. */
export async function inboxBatch(actor: Actor, filter: InboxFilter, cursor: string | undefined, size: number) {
	if (isSearch(filter)) {
		const { ids, nextCursor } = await searched(actor, filter, cursor, size);
		return { items: await rowsOfPage(ids), nextCursor };
	}
	const found = await withDue(listed(actor, filter, cursor, 'older', size + 1));
	const items = found.slice(0, size);
	const last = items.at(-1);
	return { items, nextCursor: found.length > size && last ? inboxCursorOf(last) : null };
}

const isSearch = (filter: InboxFilter): filter is InboxFilter & { q: string } =>
	Boolean(filter.q) && !parseReference(filter.q ?? '');

async function listed(
	actor: Actor,
	filter: InboxFilter,
	cursor: string | undefined,
	direction: Direction,
	limit: number
): Promise<Row[]> {
	// A case number finds its case in any spelling.
	const reference = filter.q ? parseReference(filter.q) : null;
	const where = and(
		inboxCondition(actor, filter),
		reference ? eq(cases.reference, formatReference(reference)) : undefined
	);
	const position = readCursor(cursor);
	if (!position) return rowsWhere(where, direction, limit);
	const rows: Row[] = [];
	for (const stretch of rangesAfter(position, direction)) {
		rows.push(...(await rowsWhere(and(where, stretch), direction, limit - rows.length)));
		if (rows.length >= limit) break;
	}
	return rows;
}

/** The case ids of a page of search results. */
async function searched(actor: Actor, filter: InboxFilter & { q: string }, cursor: string | undefined, size: number) {
	const position = readCursor(cursor?.replace(ALIKE, ''));
	const typed = await termsOf(actor, filter.q);
	const search = (terms: readonly Term[]) => findWords(actor, filter, terms, position, size + 1);
	let alike = Boolean(position && cursor?.endsWith(ALIKE));
	let terms = alike ? await widened(typed) : typed;
	let result = await search(terms);
	const isEmpty = () => result.cases.length === 0 && !result.checkedTo;
	if (isEmpty() && !position) {
		terms = await widened(typed);
		if (terms.some(({ similar }, at) => similar.length > 0 || typed[at]?.instead)) result = await search(terms);
		alike = !isEmpty();
	}
	const last = result.cases.length > size ? result.cases[size - 1] : result.checkedTo;
	return {
		ids: result.cases.slice(0, size).map(({ id }) => id),
		terms,
		// A short number that is no report's number is searched as text, without similar words.
		alike: alike && terms.some(({ similar }) => similar.length > 0),
		checked: result.checkedTo && CHECKED,
		nextCursor: last ? inboxCursorOf(last) + (alike ? ALIKE : '') : null
	};
}

const rowsOfPage = (ids: number[]) =>
	withDue(ids.length > 0 ? rowsWhere(inArray(cases.id, ids), 'older', ids.length).execute() : Promise.resolve([]));

/** Adds to each row the state of its next deadline. `lateDays` are working days in the unit's zone. */
async function withDue(reading: Promise<readonly Row[]>) {
	const at = now();
	const [rows, calendar] = await Promise.all([reading, loadCalendar()]);
	return rows.map((row) => {
		const { clock, dueAt } = row;
		const warnAt = clock?.warnAt ? new Date(clock.warnAt) : null;
		const { timeZone } = row.unit;
		const state = dueState({ dueAt, warnAt, open: OPEN_STATUSES.includes(row.status) }, at, timeZone);
		const late = state === 'overdue' && dueAt;
		const lateDays = late ? workingDaysBetween(dueAt, at, calendar, timeZone) : 0;
		return { ...row, due: { clock: clock?.name ?? null, state, lateDays } };
	});
}
