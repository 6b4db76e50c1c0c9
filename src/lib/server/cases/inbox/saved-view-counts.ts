import { sql, type SQL } from 'drizzle-orm';
import { formatReference, parseReference } from '#lib/text/reference.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { choiceReader } from './chosen-filter.ts';
import { narrowed, type InboxFilter } from './filter.ts';
import { inOrder } from './order.ts';
import type { SavedView } from './saved-views.ts';
import { searchOf } from './search.ts';
import { termsOf } from './search-terms.ts';

/** Highest count shown. Up to twenty lists are counted each time the inbox opens. */
const COUNTED = 99;

export interface ViewCount {
	count: number;
	/** There are more, or may be. */
	more: boolean;
}

/** How many cases each view holds, as far as can be told at once, in one statement. */
export async function countViews(actor: Actor, views: readonly SavedView[]): Promise<ViewCount[]> {
	if (views.length === 0) return [];
	const read = await choiceReader(actor);
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
// An order that an index has: the count begins at what is urgent and ends early, and never reads the table itself.
const order = sql.join(inOrder('older'), sql`, `);

/** Counted by what was typed alone: words that are only like it are looked for when somebody looks. */
async function countOf(actor: Actor, filter: InboxFilter): Promise<SQL> {
	const { q } = filter;
	const where = narrowed(actor, filter);
	const alone = (from: SQL) => sql`json_build_array(${counted(from)}, 0)`;
	if (!q) return alone(sql`select 1 from ${cases} where ${where} order by ${order}`);
	const reference = parseReference(q);
	if (reference)
		return alone(sql`select 1 from ${cases} where ${where} and ${cases.reference} = ${formatReference(reference)}`);
	const terms = await termsOf(q);
	if (terms.length === 0) return sql`json_build_array(0, 0)`;
	return sql`(select json_build_array(count(*) filter (where found), count(*) filter (where not found))
		from (${searchOf(actor, filter, terms, undefined, COUNTED + 1)}) few)`;
}
