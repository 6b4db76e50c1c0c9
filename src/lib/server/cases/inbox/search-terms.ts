import { sql, type SQL } from 'drizzle-orm';
import { categoriesCalled } from '#lib/words/cases.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { places, services } from '#lib/server/db/schema/units.ts';
import { searchWords } from '#lib/server/db/schema/search.ts';

/** A typed word and its alternatives. */
export interface Term {
	word: string;
	/** Its lexemes in a document: a code such as `5e7f` starts like a number and is split there. */
	parts: readonly string[];
	/** Its stem, as documents have it. */
	stems: readonly string[];
	/** Marks of categories, services, places and case numbers that the word names. */
	marks: readonly string[];
	/** Similar words; only filled if nothing was found without them. */
	similar: readonly string[];
}

/** Words of a search that are used; further ones are ignored. */
const MOST_WORDS = 12;
/** Characters of a word that are searched for. PostgreSQL fails on a word of 2,046 bytes in a query. */
const MAX_WORD_LENGTH = 255;
/** Letters. For shorter words, nearly every text has a word with that prefix, or a similar one. */
const SHORTEST_NAME = 3;
const SHORTEST_LIKENESS = 4;
/** A word of eight letters with two letters swapped keeps four of its nine trigrams. */
const LIKENESS = 0.33;
const MOST_SIMILAR = 10;

/** Splits a search into terms; empty without a letter or digit. */
export async function termsOf(q: string): Promise<Term[]> {
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
	return rows.map(({ word, parts, stems, marks }) => ({
		word,
		parts,
		stems: stems ?? [],
		marks: [...marks, ...categoriesCalled(word, SHORTEST_NAME).map((category) => `#c${category}`)],
		similar: []
	}));
}

/** Whether a name contains the word or, from three letters on, a word with that prefix. */
const called = (name: SQL) => sql`(position(' ' || word || ' ' in ' ' || lower(${name}) || ' ') > 0
	or (length(word) >= ${SHORTEST_NAME} and position(' ' || word in ' ' || lower(${name})) > 0))`;

/**
 * Joins the parts of a report's number: `26-000123` is its end, with or without the parts before it. Other numbers with a
 * hyphen (hours, phones) stay as they are written in reports.
 */
function joined(q: string): string {
	return q.replace(/\bspatula[\s-]*(?=\d)/gi, '').replace(/\b(?:(\d{4})-)?(\d{2})-(\d{6})\b/g, '$1$2$3');
}

/** Adds similar words to each term, for typing errors. */
export async function withSimilar(terms: readonly Term[]): Promise<Term[]> {
	const found = await Promise.all(terms.map(({ word }) => similarTo(word)));
	return terms.map((term, index) => ({ ...term, similar: found[index] ?? [] }));
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
 * Builds the `tsquery`: each word in one of its forms, the last one also as a prefix. With `marks`, also one of them.
 */
export function queryOf(terms: readonly Term[], marks: readonly string[]): string {
	const words = terms.map(({ word, parts, stems, marks, similar }, index) => {
		const last = index === terms.length - 1 && word.length > 1;
		const number = /^\d{2,12}$/.test(word) ? [`${quoted(`#r${[...word].reverse().join('')}`)}:*`] : [];
		const apart = parts.length > 1 ? [`(${parts.map(quoted).join(' & ')})`] : [];
		return [quoted(word) + (last ? ':*' : ''), ...apart, ...[...stems, ...marks, ...similar].map(quoted), ...number];
	});
	const all = marks.length > 0 ? [...words, marks.map(quoted)] : words;
	return all.map((set) => `(${set.join(' | ')})`).join(' & ');
}
