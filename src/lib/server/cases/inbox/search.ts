import { and, not, or, sql, type SQL } from 'drizzle-orm';
import { categoriesCalled } from '#lib/words/cases.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseSearch, searchWords } from '#lib/server/db/schema/search.ts';
import { places, services } from '#lib/server/db/schema/units.ts';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { contactMark, nameMark } from '../reporter.ts';
import { isProcessingRestricted } from '../visibility.ts';
import { inboxCondition, type InboxFilter } from './filter.ts';
import { inboxOrder, rangesAfter, type CursorPosition } from './order.ts';

/**
 * Cases at the start of the list that are checked directly. They fill a page if one case in fifty contains the word.
 */
export const CHECKED = 1500;
/** Matches that are read from the word index. If there are more, only matches among the checked cases are shown. */
const MATCHES = 2000;
/** If the actor has at most this many offices, the word index is searched for these offices only. */
const FEW_OFFICES = 3;

/**
 * Finds cases that the actor may see and that contain the words, in the order of the inbox: the first `limit` after
 * `position`. `checkedTo` is the last checked case, if later cases may match too.
 */
export async function findWords(
	actor: Actor,
	filter: InboxFilter,
	terms: readonly Term[],
	position: CursorPosition | undefined,
	limit: number
) {
	if (terms.length === 0) return { cases: [], checkedTo: undefined };
	const rows = await rowsOf<{ id: number; due: string | null; found: boolean }>(
		db(),
		searchOf(actor, filter, terms, position, limit)
	);
	const read = (wanted: boolean) =>
		rows
			.filter(({ found }) => found === wanted)
			.map(({ id, due }) => ({ id, dueAt: due === null ? null : new Date(due) }));
	return { cases: read(true), checkedTo: read(false)[0] };
}

/**
 * The statement of a search. It checks the first `CHECKED` cases of the list. If they do not fill the page, it reads the
 * word index (docs/decisions/0012). Its rows are the matching cases. If the words have too many matches to read, the last
 * checked case is a further row with `found` false.
 */
export function searchOf(
	actor: Actor,
	filter: InboxFilter,
	terms: readonly Term[],
	position: CursorPosition | undefined,
	limit: number
): SQL {
	// Other systems must not learn the words of a report whose processing is restricted.
	const isReadable = actor.scopes ? not(isProcessingRestricted) : undefined;
	const where = and(inboxCondition(actor, filter), isReadable);
	const offices = caseRoleUnits(actor);
	const marks = offices.length <= FEW_OFFICES ? offices.map((id) => `#u${id}`) : [];
	const beyond = position ? rangesAfter(position, 'older') : [undefined];
	const order = sql.join(inboxOrder('older'), sql`, `);
	const found = { dueAt: sql`due_at`, id: sql`id` };
	const orderFound = sql.join(inboxOrder('older', found), sql`, `);
	const first = (condition: SQL | undefined, most: number) =>
		sql`(select ${cases.id}, ${cases.dueAt} from ${cases} where ${and(where, condition)} order by ${order} limit ${most})`;
	const parts = beyond.map((condition) => first(condition, CHECKED));
	const matches = sql`${caseSearch.document} @@ ${queryOf(terms, marks)}::tsquery`;
	return sql`with checked as materialized (
			select id, due_at from (${sql.join(parts, sql` union all `)}) part order by ${orderFound} limit ${CHECKED}),
		page_from_checked as materialized (
			select id, due_at from checked where exists (
				select 1 from ${caseSearch} where ${caseSearch.caseId} = checked.id and ${matches})
			order by ${orderFound} limit ${limit}),
		-- An array, because the planner overestimates the ids of a subquery and would read all cases.
		index_matches as materialized (
			select array(select ${caseSearch.caseId} from ${caseSearch} where ${matches}
				and (select count(*) from page_from_checked) < ${limit} and (select count(*) from checked) = ${CHECKED}
				limit ${MATCHES + 1}) as ids),
		page_from_index as materialized ${first(
			and(
				sql`${cases.id} = any ((select ids from index_matches)::bigint[])`,
				sql`(select cardinality(ids) from index_matches) <= ${MATCHES}`,
				or(...beyond)
			),
			limit
		)}
		(select id::float8 as id, due_at::text as due, true as found from (select * from page_from_checked union select * from page_from_index) all_found
			order by ${orderFound} limit ${limit})
		union all (select id::float8, due_at::text as due, false from checked
			where (select cardinality(ids) from index_matches) > ${MATCHES} order by ${sql.join(inboxOrder('newer', found), sql`, `)} limit 1)`;
}

/** A typed word and its alternatives. */
export interface Term {
	word: string;
	/** Its lexemes in a document. A code such as `5e7f` starts like a number and has several. */
	parts: readonly string[];
	/** Its stem, as documents have it. */
	stems: readonly string[];
	/** Marks of categories, services, places and reporters that the word names. */
	marks: readonly string[];
	/** Beginning of a mark that is searched instead of the word. */
	instead?: string;
	/** Similar words. Empty unless nothing was found without them. */
	similar: readonly string[];
}

/** Words of a search. Further words are ignored. */
const MOST_WORDS = 12;
/** Characters of a word that are searched for. PostgreSQL fails on a word of 2,046 bytes in a query. */
const MAX_WORD_LENGTH = 255;
/** Letters. For a shorter word, nearly every text has a word with that prefix or a similar one. */
const SHORTEST_NAME = 3;
const SHORTEST_LIKENESS = 4;
/** A word of eight letters with two neighbouring letters swapped keeps five of its nine trigrams: 5 of 13 in all. */
const LIKENESS = 0.33;
const MOST_SIMILAR = 10;

/**
 * Splits a search into terms. Empty if it has no letter or digit. Reporters' names and contacts are searched for
 * people, but not for API tokens, because the API does not return them.
 */
export async function termsOf({ scopes }: Actor, q: string): Promise<Term[]> {
	const contact = contactMark(q);
	const rows = await rowsOf<{ word: string; parts: string[]; stems: string[] | null; marks: string[] }>(
		db(),
		sql`select word, tsvector_to_array(to_tsvector('simple', word)) as parts, ts_lexize('indonesian_stem', word) as stems, array(
				select '#p' || ${places.id} from ${places} where ${called(sql`${places.name}`)}
				union select '#v' || ${services.kind} from ${services}
					where ${called(sql`${services.name} || ' ' || ${services.nameEn}`)}
			) as marks
			from (select left(long, ${MAX_WORD_LENGTH}) as word, min(at) as at
				from unnest(string_to_array(search_clean(${joined(q)}), ' ')) with ordinality as w(long, at)
				where long <> '' group by 1 order by min(at) limit ${MOST_WORDS}) typed
			order by at`
	);
	const year = yearOf(localDate(now(), await firstZone()));
	return rows.map(({ word, parts, stems, marks }) => ({
		word,
		parts,
		stems: stems ?? [],
		marks: [
			...marks,
			...categoriesCalled(word, SHORTEST_NAME).map((category) => `#c${category}`),
			...(scopes ? [] : [nameMark(word), ...(contact ? [contact] : [])])
		],
		instead: SHORT_NUMBER.test(q.trim()) ? numberOfYear(word, year) : undefined,
		similar: []
	}));
}

/** A search for such a number alone means this year's report with it. If there is none, the text is searched. */
const SHORT_NUMBER = /^\d{1,3}$/;

function numberOfYear(digits: string, year: number): string {
	return `#r${[...`${year % 100}${digits.padStart(6, '0')}`].reverse().join('')}`;
}

/** Whether a name contains the word or, from three letters on, a word with that prefix. */
const called = (name: SQL) => sql`(position(' ' || word || ' ' in ' ' || lower(${name}) || ' ') > 0
	or (length(word) >= ${SHORTEST_NAME} and position(' ' || word in ' ' || lower(${name})) > 0))`;

/**
 * Removes the hyphens from a report number: `26-000123`, with or without the parts before it. Other numbers with a
 * hyphen (hours, phones) do not change.
 */
function joined(q: string): string {
	return q.replace(/\bspatula[\s-]*(?=\d)/gi, '').replace(/\b(?:(\d{4})-)?(\d{2})-(\d{6})\b/g, '$1$2$3');
}

/** Widens each term to its words in the text and to similar words, for typing errors. */
export async function widened(terms: readonly Term[]): Promise<Term[]> {
	const similarWords = await Promise.all(terms.map(({ word }) => similarTo(word)));
	return terms.map((term, index) => ({ ...term, instead: undefined, similar: similarWords[index] ?? [] }));
}

async function similarTo(word: string): Promise<string[]> {
	if (word.length < SHORTEST_LIKENESS || /\d/.test(word)) return [];
	const rows = await rowsOf<{ word: string }>(
		db(),
		sql`select word from (select distinct ${searchWords.word} as word from ${searchWords} where ${searchWords.word} % ${word}) alike
			where similarity(word, ${word}) >= ${LIKENESS}
			order by similarity(word, ${word}) desc, word limit ${MOST_SIMILAR}`
	);
	return rows.map((row) => row.word);
}

const quoted = (lexeme: string) => `'${lexeme.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;

/**
 * Builds the `tsquery`: every word must match in one of its forms, the last one also as a prefix. If `marks` are given,
 * one of them must match too.
 */
function queryOf(terms: readonly Term[], marks: readonly string[]): string {
	const words = terms.map(({ word, parts, stems, marks, similar, instead }, index) => {
		if (instead) return [`${quoted(instead)}:*`];
		const last = index === terms.length - 1 && word.length > 1;
		const number = /^\d{2,12}$/.test(word) ? [`${quoted(`#r${[...word].reverse().join('')}`)}:*`] : [];
		const apart = parts.length > 1 ? [`(${parts.map(quoted).join(' & ')})`] : [];
		return [quoted(word) + (last ? ':*' : ''), ...apart, ...[...stems, ...marks, ...similar].map(quoted), ...number];
	});
	const all = marks.length > 0 ? [...words, marks.map(quoted)] : words;
	return all.map((set) => `(${set.join(' | ')})`).join(' & ');
}
