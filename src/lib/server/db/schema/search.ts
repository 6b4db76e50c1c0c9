import { sql } from 'drizzle-orm';
import { customType, index, pgTable, text } from 'drizzle-orm/pg-core';
import { caseId } from './columns.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/**
 * The words of a case and of everything written in it, as written and as stems. Words that begin with `#` are for
 * searches by other means (docs/decisions/0012). Triggers write the document with the SQL function `search_document`
 * (`drizzle/0000_baseline.sql`), in the commit of the change.
 */
export const caseSearch = pgTable(
	'case_search',
	{
		caseId: caseId({ onDelete: 'cascade' }).primaryKey(),
		document: tsvector().notNull()
	},
	// Without `fastupdate`, because every search would have to read the list of pending entries.
	(t) => [index('case_search_document').using('gin', t.document).with({ fastupdate: false })]
);

/** All words ever written, to correct typing errors. No unique key, because two commits may insert the same word at once. */
export const searchWords = pgTable('search_words', { word: text().notNull() }, (t) => [
	index('search_words_word').on(t.word),
	index('search_words_similar').using('gin', sql`${t.word} gin_trgm_ops`)
]);
