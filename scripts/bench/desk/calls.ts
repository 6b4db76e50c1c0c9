import { addDays, localDate } from '#lib/calendar/days.ts';
import { CASE_KINDS, CASE_STATUSES } from '#lib/cases/vocabulary.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { inboxCounts, countViews } from '#lib/server/cases/inbox/counts.ts';
import type { InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { inbox, inboxBatch } from '#lib/server/cases/inbox/inbox.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { deskCaseOf } from '#lib/server/cases/view.ts';
import { likelyDuplicatesOf } from '#lib/server/cases/triage/duplicates.ts';
import { now } from '#lib/server/clock.ts';
import { caseBoard, type BoardQuery } from '#lib/server/insight/board.ts';
import { useHandle, type Handle } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Measured } from '../side-by-side.ts';
import { peopleOf } from './office.ts';

/** With a hundred times as many cases, a list or a search may take four times as long. */
const LIMIT = 4;
/**
 * The counts of all views stop at a thousand cases for each view. The small database has only about 160 open cases, so
 * the counts read more of the large one.
 */
const COUNTS_LIMIT = 10;
/** A board counts the cases of its period. With a hundred times as many, it may take a hundred times as long. */
const BOARD_LIMIT = 100;
const ROUNDS = 31;

const OPEN = { status: OPEN_STATUSES };
const VIEWS: [string, InboxFilter][] = [
	['open', OPEN],
	['mine', { ...OPEN, mine: true }],
	['unassigned', { ...OPEN, unassigned: true }],
	['overdue', { ...OPEN, due: 'overdue' }],
	['soon', { ...OPEN, due: 'soon' }],
	['approval', { approval: true }],
	['objection', { status: ['archived'], objection: true }],
	...CASE_STATUSES.map((status): [string, InboxFilter] => [`status ${status}`, { status: [status] }]),
	...CASE_KINDS.map((kind): [string, InboxFilter] => [`kind ${kind}`, { ...OPEN, kind }]),
	...CASE_KINDS.map((kind): [string, InboxFilter] => [`all of kind ${kind}`, { kind }]),
	['all', {}]
];

/** Search texts. Their names say how common the words are. */
const SEARCHES: [string, string][] = [
	['very common word', 'pelayanan'],
	['common words', 'loket lambat'],
	['word of one in fifty', 'biluge'],
	['word of one in two hundred', 'bakodu'],
	['rare word', 'zamrud'],
	['word in messages', 'kwitansi'],
	['beginning of a word', 'pelay'],
	['beginning of a rare word', 'zamr'],
	['typing error', 'zamrdu'],
	['end of a number', '004321'],
	['category', 'integritas'],
	['no such word', 'xylofon']
];

const SAVED = [
	...['', 'kind=suggestion', 'status=closed', 'status=all', 'mine=1', 'q=zamrud', 'q=pelayanan', 'due=soon'],
	...['unassigned=1', 'status=archived&kind=complaint']
];

/** The board of a year, and of a year that ends in the middle of months. */
const YEARS = (today: string): [string, string, string][] => [
	['year', addDays(today, -364), today],
	['odd year', addDays(today, -380), addDays(today, -16)]
];

/** The calls of the desk's pages on one of the databases, in the same order on each. */
export async function callsOf(handle: Handle, cases: number): Promise<Measured[]> {
	const { supervisor, handler } = await peopleOf(handle);
	const call = (name: string, work: () => Promise<unknown>, limit = LIMIT): Measured => ({
		name,
		limit,
		rounds: ROUNDS,
		send: async () => {
			useHandle(handle);
			await work();
		}
	});
	const list = (name: string, actor: Actor, filter: InboxFilter, cursor?: string) =>
		call(name, () => inbox(actor, filter, cursor));
	const board = (name: string, query: BoardQuery) => call(name, () => caseBoard(supervisor, query), BOARD_LIMIT);
	const [open] = (await inbox(supervisor, { status: ['in_progress'] })).items;
	const common = await inbox(supervisor, { q: 'pelayanan' });
	const saved = SAVED.map((query) => ({
		id: crypto.randomUUID(),
		name: query,
		choice: readInboxChoice(new URLSearchParams(query))
	}));
	if (!open || !common.nextCursor) throw new Error('the cases that are looked at are missing');
	return [
		...VIEWS.map(([name, filter]) => list(name, supervisor, filter)),
		...supervisor.units.handler.map((unitId, at) => list(`unit ${at + 1}`, supervisor, { ...OPEN, unitIds: [unitId] })),
		list('one office: open', handler, OPEN),
		list('one office: mine', handler, { ...OPEN, mine: true }),
		list('one office: all', handler, {}),
		call('counts', () => inboxCounts(supervisor), COUNTS_LIMIT),
		call('one office: counts', () => inboxCounts(handler), COUNTS_LIMIT),
		call('counts of saved views', () => countViews(supervisor, saved)),
		...SEARCHES.map(([name, q]) => list(`search: ${name}`, supervisor, { q })),
		...SEARCHES.slice(0, 5).map(([name, q]) => list(`one office, search: ${name}`, handler, { q })),
		list('search: number', supervisor, { q: open.reference }),
		list('search: next page', supervisor, { q: 'pelayanan' }, common.nextCursor),
		list('deep page', supervisor, {}, `-~${Math.floor(cases / 2)}`),
		list('deep page of closed', supervisor, { status: ['closed'] }, `-~${Math.floor(cases / 2)}`),
		call('five hundred rows of a sheet', () => inboxBatch(supervisor, {}, `-~${Math.floor(cases / 2)}`, 500)),
		call('case page', async () => {
			const found = await caseForActor(supervisor, open.reference);
			await Promise.all([deskCaseOf(supervisor, found), likelyDuplicatesOf(supervisor, found.row)]);
		}),
		...YEARS(localDate(now(), 'Asia/Makassar')).flatMap(([name, from, to]) => [
			board(`board of all offices, ${name}`, { unit: '7600', scope: 'tree', from, to }),
			board(`board of one office, ${name}`, { unit: '7600', from, to })
		])
	];
}
