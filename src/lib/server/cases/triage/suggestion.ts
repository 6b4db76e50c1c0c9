import { and, desc, eq, isNotNull, ne, sql } from 'drizzle-orm';
import { suggestCategory } from '#lib/cases/category-suggestion.ts';
import { suggestUnit } from '#lib/cases/unit-suggestion.ts';
import { similarityOf, fingerprintOf } from '#lib/text/text-similarity.ts';
import type { Category } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isOpenToPublic, unitTree } from '#lib/server/people/units/find-unit.ts';
import { categoryWordsNow } from './category-words.ts';
import { caseForActor, textOfReport, type CaseRow } from '../find.ts';
import { visibleTo } from '../visibility.ts';
import { comparedText } from './duplicates.ts';

/** Newest verified reports of the office that are compared. More would slow the page down. */
const PRECEDENTS = 300;

/**
 * Suggests a category and another office for an unverified report. The category comes from the report's words and from
 * verified reports of the office that the actor may see. The office comes from a name in the text. Nothing is stored or
 * applied until a person accepts it.
 */
export async function suggestionsFor(actor: Actor, reference: string) {
	const { row } = await caseForActor(actor, reference);
	if (row.status !== 'received') return { category: null, unit: null };
	const text = textOfReport(row);
	const [words, past, units] = await Promise.all([categoryWordsNow(), verifiedBefore(actor, row), unitTree()]);
	const print = fingerprintOf(text);
	const precedents = past.map((one) => ({
		category: one.category,
		likeness: similarityOf(print, fingerprintOf(one.text))
	}));
	// The report's own office may have closed. If the text names it too, no other one is suggested.
	const offices = units.filter((unit) => isOpenToPublic(unit) || unit.id === row.unitId);
	const named = suggestUnit(text, row.unitId, offices);
	return {
		category: suggestCategory(text, words, precedents) ?? null,
		unit: named ? { name: named.unit.name, words: named.words } : null
	};
}

async function verifiedBefore(actor: Actor, row: CaseRow) {
	const verified = and(isNotNull(cases.category), ne(cases.status, 'received'));
	return db()
		.select({ category: sql<Category>`${cases.category}`, text: comparedText })
		.from(cases)
		.where(and(eq(cases.unitId, row.unitId), visibleTo(actor), ne(cases.id, row.id), verified))
		.orderBy(desc(cases.receivedAt))
		.limit(PRECEDENTS);
}
