import { asc, inArray, sql } from 'drizzle-orm';
import { excerptOf, marked, wordsIn, type Piece } from '#lib/text/marked.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import type { Term } from './search.ts';

/** A match in a case: the text around the words, with the words marked. */
export interface Match {
	title: Piece[] | null;
	excerpt: Piece[] | null;
	/** Whether the text is from the report, a later message, or an internal note. */
	from: 'report' | 'message' | 'note';
}

const LENGTH = 180;

/**
 * Finds for each case of a page a passage that shows why it matched. Callers pass only cases that the actor may see.
 */
export async function matchesOf(ids: readonly number[], terms: readonly Term[]): Promise<Map<number, Match>> {
	if (ids.length === 0) return new Map();
	const [texts, later] = await Promise.all([
		db()
			.select({ id: cases.id, title: cases.title, body: cases.body, wish: cases.requestedSolution })
			.from(cases)
			.where(inArray(cases.id, [...ids])),
		db()
			.select({ id: messages.caseId, body: messages.body, public: messages.public })
			.from(messages)
			.where(inArray(messages.caseId, [...ids]))
			.orderBy(asc(messages.at))
	]);
	const written = [
		...texts.flatMap(({ title, body, wish }) => [title ?? '', body, wish ?? '']),
		...later.map((one) => one.body)
	];
	const isHit = await hitsAmong(written, terms);
	return new Map(
		texts.map((text): [number, Match] => {
			const title = text.title ? marked(text.title, isHit) : null;
			const inReport = excerptOf(text.body, isHit, LENGTH) ?? excerptOf(text.wish ?? '', isHit, LENGTH);
			if (inReport) return [text.id, { title, excerpt: inReport, from: 'report' }];
			for (const message of later) {
				const excerpt = message.id === text.id ? excerptOf(message.body, isHit, LENGTH) : undefined;
				if (excerpt) return [text.id, { title, excerpt, from: message.public ? 'message' : 'note' }];
			}
			return [text.id, { title, excerpt: null, from: 'report' }];
		})
	);
}

/** Returns a test for matching words: as typed (the last one also as a prefix) or with the same stem. */
async function hitsAmong(texts: readonly string[], terms: readonly Term[]): Promise<(word: string) => boolean> {
	const exact = new Set(terms.flatMap(({ word, similar }) => [word, ...similar]));
	const beginning = terms.at(-1)?.word ?? '';
	const stems = [...new Set(terms.flatMap(({ stems, similar }) => [...stems, ...similar]))];
	const typed = (word: string) => exact.has(word) || (beginning.length > 1 && word.startsWith(beginning));
	// Some prefixes replace the first letter of a stem. The other letters of the stem are in every form of the word.
	const cores = stems.map((stem) => stem.slice(1));
	const candidates = wordsIn(texts.join(' ').normalize('NFKC')).filter(
		(word) => !typed(word) && cores.some((core) => word.includes(core))
	);
	if (candidates.length === 0) return typed;
	const rows = await rowsOf<{ word: string }>(
		db(),
		sql`select word from unnest(string_to_array(${candidates.join(' ')}, ' ')) word
			where ts_lexize('indonesian_stem', word) && string_to_array(${stems.join(' ')}, ' ')`
	);
	const stemmed = new Set(rows.map(({ word }) => word));
	return (word) => typed(word) || stemmed.has(word);
}
