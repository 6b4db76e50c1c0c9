import { and, sql, type SQL } from 'drizzle-orm';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseSearch, SLICE_BITS } from '#lib/server/db/schema/search.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { narrowed, type InboxFilter } from './filter.ts';
import { inOrder, stretches, type Place, type Stretch } from './order.ts';
import { queryOf, type Term } from './search-terms.ts';

/** Cases checked first, in the order of the list: a word that is in nearly every case fills a page here. */
const GLANCE = 64;
/** From this many matches among them, the word counts as frequent, and further cases are checked in order. */
const OFTEN = 2;
const WALK = { dated: 1600, undated: 400 };
/** If at most this many cases with a due time match, all of them are read and sorted. */
const RARE = 1000;
/** The newest matches are read first: this many times the rows needed, before all are read. */
const TAKEN = 4;
const SLICES = 8;
/** For people of at most this many offices, the index is asked for these offices only. */
const FEW_OFFICES = 3;
/** Matches in the nearest slices (a hundredth of their cases); above this a word is too common to read all matches. */
const FEW = 1200;

type Found = { id: number; due: string | null };
/** The remaining part of a stretch of the list; `last` is the case before it, absent at its beginning. */
type Ahead = Stretch & { last?: Found };
/** What a walk found, and the part after it; undefined if the walk reached the end or the limit. */
interface Walked {
	found: Found[];
	ahead: Ahead | undefined;
}
/** The searched words as queries: alone, and with marks that exclude cases which need not be read. */
interface Query {
	words: string;
	due: string;
	/** In the offices of the actor; for many offices the words alone. */
	offices: string;
	/** In these offices and these slices. */
	near: (slices: number[]) => string;
}

/**
 * Finds the first `limit` cases after a place that the actor may see and that contain the words, in the order of the inbox.
 * It first checks cases in order, which finds frequent words, and then asks the word index for as few cases as possible. No
 * search reads much more than it shows (docs/decisions/0012).
 */
export async function searchedIds(
	actor: Actor,
	filter: InboxFilter,
	terms: readonly Term[],
	place: Place | undefined,
	limit: number
): Promise<number[]> {
	if (terms.length === 0 || actor.units.handler.length + actor.units.supervisor.length === 0) return [];
	const where = narrowed(actor, filter);
	const offices = officesOf(actor);
	const query = queryIn(offices, terms);
	const [first, then] = stretches(place, 'older');
	if (!first) return [];
	const glance = await walk(where, first, query, limit, GLANCE);
	const left = limit - glance.found.length;
	if (then && glance.ahead && offices.length > 0 && isSeldom(glance)) {
		const few = await ofBoth(where, glance.ahead, then, query, left);
		if (few) return idsOf(glance.found, few).slice(0, limit);
	}
	const found = [...glance.found, ...(await beyond(where, glance, query, left))];
	const missing = limit - found.length;
	return idsOf(found, then && missing > 0 ? await firstOf(where, then, query, missing) : []);
}

const idsOf = (...found: Found[][]): number[] => found.flat().map(({ id }) => id);

/** The offices whose cases the actor may see, if they are few; otherwise an empty list. */
function officesOf({ units }: Actor): string[] {
	const ids = [...new Set([...units.handler, ...units.supervisor])];
	return ids.length <= FEW_OFFICES ? ids : [];
}

function queryIn(offices: readonly string[], terms: readonly Term[]): Query {
	const within = offices.length > 0 ? [offices.map((id) => `#u${id}`)] : [];
	const near = (slice: number) => (offices.length > 0 ? offices.map((id) => `#o${id}/${slice}`) : [`#s${slice}`]);
	return {
		words: queryOf(terms, []),
		due: queryOf(terms, [['#due']]),
		offices: queryOf(terms, within),
		near: (slices) => queryOf(terms, [slices.flatMap(near)])
	};
}

/** The first matches of one stretch: frequent words by checking in order, rare ones by the word index. */
async function firstOf(where: SQL, stretch: Stretch, query: Query, limit: number): Promise<Found[]> {
	const glance = await walk(where, stretch, query, limit, GLANCE);
	return [...glance.found, ...(await beyond(where, glance, query, limit - glance.found.length))];
}

const isSeldom = ({ found, ahead }: Walked): boolean => ahead !== undefined && found.length < OFTEN;

async function beyond(where: SQL, glance: Walked, query: Query, limit: number): Promise<Found[]> {
	if (!glance.ahead) return [];
	const few = isSeldom(glance) ? await byIndex(where, glance.ahead, query, limit, RARE) : undefined;
	return few ?? walkOn(where, glance.ahead, query, limit);
}

async function walkOn(where: SQL, stretch: Ahead, query: Query, limit: number): Promise<Found[]> {
	const { found, ahead } = await walk(where, stretch, query, limit, stretch.dated ? WALK.dated : WALK.undated);
	if (!ahead) return found;
	return [...found, ...((await byIndex(where, ahead, query, limit - found.length)) ?? [])];
}

/**
 * Finds rare words in both stretches at the same time, because a few offices have so little due that it seldom fills a page.
 * Undefined if the words are not rare.
 */
async function ofBoth(where: SQL, dated: Ahead, undated: Stretch, query: Query, limit: number) {
	const [due, rest] = await Promise.all([
		byIndex(where, dated, query, limit, RARE),
		indexed(where, undated, query.offices, limit, RARE)
	]);
	return due && rest.holding <= RARE ? [...due, ...rest.found] : undefined;
}

/** Few cases have a due time, so all matches among them are read. Undefined if more than `most` match. */
async function byIndex(
	where: SQL,
	ahead: Ahead,
	query: Query,
	limit: number,
	most?: number
): Promise<Found[] | undefined> {
	if (!ahead.dated) return nearThenAll(where, ahead, query, limit);
	const { found, holding } = await indexed(where, ahead, query.due, limit, most);
	return most === undefined || holding <= most ? found : undefined;
}

/** Cases without a due time are ordered by id: first the nearest slices, then all others. */
async function nearThenAll(where: SQL, ahead: Ahead, query: Query, limit: number): Promise<Found[]> {
	const slice = (ahead.last?.id ?? 0) >> SLICE_BITS;
	const near = Array.from({ length: SLICES }, (_, back) => slice - back);
	const { found, holding } = await indexed(where, ahead, query.near(near), limit);
	const lowest = (slice - SLICES + 1) << SLICE_BITS;
	if (lowest <= 0 || found.length >= limit) return found;
	const rest = after({ due: null, id: lowest });
	const left = limit - found.length;
	if (holding > FEW) return [...found, ...(await chosen(and(where, rest.where), query.offices, left))];
	return [...found, ...(await indexed(where, rest, query.offices, left)).found];
}

function after(last: Found): Ahead {
	const [stretch] = stretches(last, 'older');
	return { dated: last.due !== null, where: stretch?.where, last };
}

const order = sql.join(inOrder('older'), sql`, `);
const due = sql`${cases.dueAt} as due`;

/** The first `limit` matches among the next `most` cases. */
async function walk(where: SQL, stretch: Ahead, query: Query, limit: number, most: number): Promise<Walked> {
	const rows = await rowsOf<Found & { hit: boolean }>(
		db(),
		// Sorted as they are read, so that the database stops at the limit.
		sql`with walked as materialized (select ${cases.id}, ${due} from ${cases} where ${and(where, stretch.where)}
				order by ${order} limit ${most}),
			numbered as (select id, due, row_number() over (order by due asc nulls last, id desc) as n from walked)
			(select id::float8 as id, due::text as due, true as hit from numbered
				where exists (select 1 from ${caseSearch} where ${caseSearch.caseId} = numbered.id
					and ${caseSearch.document} @@ ${query.words}::tsquery)
				order by numbered.due asc nulls last, numbered.id desc limit ${limit})
			union all select id::float8, due::text, false from numbered where n = ${most}`
	);
	const found = rows.filter(({ hit }) => hit);
	const last = rows.find(({ hit }) => !hit);
	return { found, ahead: last && found.length < limit ? after(last) : undefined };
}

/**
 * Finds the first `limit` matches by the word index. `holding` counts all matches, visible or not, up to `most` + 1. With
 * more than `most` matches, none of them is read.
 */
async function indexed(
	where: SQL,
	ahead: Ahead,
	words: string,
	limit: number,
	most?: number
): Promise<{ found: Found[]; holding: number }> {
	// Without a due time the newest come first, so the older ones need not be read.
	const newest = ahead.dated ? undefined : TAKEN * limit;
	const first = await askIndex(where, ahead, words, limit, { most, newest });
	if (newest === undefined || first.found.length >= limit || first.looked < newest) return first;
	return askIndex(where, ahead, words, limit, { most });
}

async function askIndex(
	where: SQL,
	ahead: Ahead,
	words: string,
	limit: number,
	{ most, newest }: { most?: number | undefined; newest?: number | undefined }
): Promise<{ found: Found[]; holding: number; looked: number }> {
	const beyond = ahead.last ? sql`where id < ${ahead.last.id}` : sql``;
	const looked = newest
		? sql`select array(select id from holding, unnest(ids) id ${beyond} order by id desc limit ${newest}) as ids`
		: sql`select ids from holding`;
	const rows = await rowsOf<{ id: number | null; due: string | null; holding: number; looked: number }>(
		db(),
		// Arrays: from a subquery, the planner would estimate many ids and read all cases.
		sql`with holding as materialized (select array(select ${caseSearch.caseId} from ${caseSearch}
				where ${caseSearch.document} @@ ${words}::tsquery ${most ? sql`limit ${most + 1}` : sql``}) as ids),
			looked as materialized (${looked}),
			found as (select ${cases.id}, ${due} from ${cases} where ${cases.id} = any ((select ids from looked)::bigint[])
				${most ? sql`and (select cardinality(ids) from holding) <= ${most}` : sql``}
				and ${and(where, ahead.where)} order by ${order} limit ${limit})
			select found.id::float8 as id, found.due::text as due,
				cardinality(holding.ids) as holding, cardinality(looked.ids) as looked
			from holding cross join looked left join found on true
			order by found.due asc nulls last, found.id desc`
	);
	const found = rows.flatMap(({ id, due }) => (id === null ? [] : [{ id, due }]));
	return { found, holding: rows[0]?.holding ?? 0, looked: rows[0]?.looked ?? 0 };
}

/** Lets the planner choose between the word index and the indexes of the filter. */
const chosen = (where: SQL | undefined, query: string, limit: number) =>
	rowsOf<Found>(
		db(),
		sql`select ${cases.id}::float8 as id, ${cases.dueAt}::text as due from ${cases}
			join ${caseSearch} on ${caseSearch.caseId} = ${cases.id} and ${caseSearch.document} @@ ${query}::tsquery
			where ${where} order by ${order} limit ${limit}`
	);
