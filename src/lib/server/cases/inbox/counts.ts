import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import { formatReference, parseReference } from '#lib/text/reference-numbers.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { visibleTo } from '../visibility.ts';
import {
	choiceReader,
	type ChoiceReader,
	inboxCondition,
	hasOpenStatus,
	overdue,
	assignedTo,
	isDueSoon,
	hasWaitingDraft,
	type InboxFilter
} from './filter.ts';
import { unassigned } from '../case-staff.ts';
import { inboxOrder } from './order.ts';
import type { SavedView } from './saved-views.ts';
import { searchOf, termsOf } from './search.ts';

/** Highest exact count. One more means "more than this". Counting further would be slow and of no use. */
const MOST_COUNTED = 1000;

export type InboxCounts = Record<
	'open' | 'mine' | 'unassigned' | 'unverified' | 'overdue' | 'soon' | 'approval' | 'objection',
	number
>;

/** A literal, because a cached plan for any status would read all cases. */
const isReceived = sql`${cases.status} = 'received'`;

/** Counts the cases in each view of the desk for this actor, up to `MOST_COUNTED` + 1. */
export async function inboxCounts(actor: Actor): Promise<InboxCounts> {
	const seen = visibleTo(actor);
	const count = (...conditions: (SQL | undefined)[]) =>
		sql`(select count(*)::int from (select 1 from ${cases} where ${and(seen, ...conditions)} limit ${MOST_COUNTED + 1}) few)`;
	const [row] = await rowsOf<InboxCounts>(
		db(),
		sql`select ${count(hasOpenStatus)} as open, ${count(hasOpenStatus, assignedTo(actor))} as mine, ${count(hasOpenStatus, unassigned)} as unassigned,
			${count(isReceived)} as unverified,
			${count(hasOpenStatus, overdue())} as overdue, ${count(hasOpenStatus, isDueSoon())} as soon, ${count(hasOpenStatus, hasWaitingDraft)} as approval,
			${count(eq(cases.status, 'archived'), isNotNull(cases.objectionAt))} as objection`
	);
	return row ?? { open: 0, mine: 0, unassigned: 0, unverified: 0, overdue: 0, soon: 0, approval: 0, objection: 0 };
}

/** Highest count of a saved view. It is low because up to twenty views are counted each time the inbox opens. */
const COUNTED = 99;

/** Counts the cases of each view in one statement, up to `COUNTED`. `more`: there are or may be more. */
export async function countViews(actor: Actor, views: readonly SavedView[], reader?: ChoiceReader) {
	if (views.length === 0) return [];
	const read = reader ?? (await choiceReader(actor));
	const counts = await Promise.all(views.map(({ choice }) => countOf(actor, read(choice))));
	const [row] = await rowsOf<{ counts: [count: number, unread: number][] }>(
		db(),
		sql`select json_build_array(${sql.join(counts, sql`, `)}) as counts`
	);
	return (row?.counts ?? []).map(([count, unread]) => ({
		count: Math.min(count, COUNTED),
		more: count > COUNTED || unread > 0
	}));
}

const counted = (from: SQL) => sql`(select count(*) from (${from} limit ${COUNTED + 1}) few)`;
// The order of an index, so that the count stops early and does not scan the table.
const order = sql.join(inboxOrder('older'), sql`, `);

/** Counts matches of the typed words only. Similar words are searched when somebody opens the view. */
async function countOf(actor: Actor, filter: InboxFilter): Promise<SQL> {
	const { q } = filter;
	const where = inboxCondition(actor, filter);
	const reference = q ? parseReference(q) : null;
	const number = reference ? sql` and ${cases.reference} = ${formatReference(reference)}` : sql``;
	if (!q || reference)
		return sql`json_build_array(${counted(sql`select 1 from ${cases} where ${where}${number} order by ${order}`)}, 0)`;
	const terms = await termsOf(actor, q);
	if (terms.length === 0) return sql`json_build_array(0, 0)`;
	return sql`(select json_build_array(count(*) filter (where found), count(*) filter (where not found))
		from (${searchOf(actor, filter, terms, undefined, COUNTED + 1)}) few)`;
}
