import { and, or, sql, type SQL } from 'drizzle-orm';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseSearch } from '#lib/server/db/schema/search.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { narrowed, type InboxFilter } from './filter.ts';
import { inOrder, stretches, type Place } from './order.ts';
import { queryOf, type Term } from './search-terms.ts';

/** Cases of the list that are checked first, in its order. A word that is in one case of fifty fills a page here. */
export const CHECKED = 1500;
/** Matches that are read from the word index. If there are more, the list shows those among the checked cases. */
const MATCHES = 2000;
/** For people of at most this many offices, the index is asked for these offices only. */
const FEW_OFFICES = 3;

interface FoundCase {
	id: number;
	dueAt: Date | null;
}

export interface Found {
	cases: FoundCase[];
	/** The last checked case, if later ones of the list may match too. */
	checkedTo: FoundCase | undefined;
}

/** Finds the first `limit` cases after a place that the actor may see and that contain the words, in the order of the inbox. */
export async function findWords(
	actor: Actor,
	filter: InboxFilter,
	terms: readonly Term[],
	place: Place | undefined,
	limit: number
): Promise<Found> {
	if (terms.length === 0) return { cases: [], checkedTo: undefined };
	const rows = await rowsOf<{ id: number; due: string | null; found: boolean }>(
		db(),
		searchOf(actor, filter, terms, place, limit)
	);
	const read = (wanted: boolean) =>
		rows
			.filter(({ found }) => found === wanted)
			.map(({ id, due }) => ({ id, dueAt: due === null ? null : new Date(due) }));
	return { cases: read(true), checkedTo: read(false)[0] };
}

/**
 * The statement of a search. If its words are frequent, it checks cases in the order of the list; otherwise it asks the word
 * index (docs/decisions/0012). Its rows are the cases found and, with `found` false, the last checked case if the words have
 * too many matches to read.
 */
export function searchOf(
	actor: Actor,
	filter: InboxFilter,
	terms: readonly Term[],
	place: Place | undefined,
	limit: number
): SQL {
	const where = narrowed(actor, filter);
	const offices = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	const marks = offices.length <= FEW_OFFICES ? offices.map((id) => `#u${id}`) : [];
	const beyond = place ? stretches(place, 'older').map((stretch) => stretch.where) : [undefined];
	const order = sql.join(inOrder('older'), sql`, `);
	const first = (condition: SQL | undefined, most: number) =>
		sql`(select ${cases.id}, ${cases.dueAt} from ${cases} where ${and(where, condition)} order by ${order} limit ${most})`;
	const parts = beyond.map((condition) => first(condition, CHECKED));
	const matches = sql`${caseSearch.document} @@ ${queryOf(terms, marks)}::tsquery`;
	return sql`with checked as materialized (
			select id, due_at from (${sql.join(parts, sql` union all `)}) part order by due_at asc nulls last, id desc limit ${CHECKED}),
		near as materialized (
			select id, due_at from checked where exists (
				select 1 from ${caseSearch} where ${caseSearch.caseId} = checked.id and ${matches})
			order by due_at asc nulls last, id desc limit ${limit}),
		-- An array: from a subquery, the planner would estimate many ids and read all cases.
		holding as materialized (
			select array(select ${caseSearch.caseId} from ${caseSearch} where ${matches}
				and (select count(*) from near) < ${limit} and (select count(*) from checked) = ${CHECKED}
				limit ${MATCHES + 1}) as ids),
		far as materialized ${first(
			and(
				sql`${cases.id} = any ((select ids from holding)::bigint[])`,
				sql`(select cardinality(ids) from holding) <= ${MATCHES}`,
				or(...beyond)
			),
			limit
		)}
		(select id::float8 as id, due_at::text as due, true as found from (select * from near union select * from far) all_found
			order by due_at asc nulls last, all_found.id desc limit ${limit})
		union all (select id::float8, due_at::text as due, false from checked
			where (select cardinality(ids) from holding) > ${MATCHES} order by due_at desc nulls first, checked.id asc limit 1)`;
}
