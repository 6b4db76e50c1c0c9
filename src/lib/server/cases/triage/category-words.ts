import { referenceData } from '#lib/server/reference/reference.ts';
import { z } from 'zod';
import { DEFAULT_CATEGORY_WORDS, type CategoryWord } from '#lib/cases/category-suggestion.ts';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { categoryWords } from '#lib/server/db/schema/triage.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';

/**
 * Parses a typed list of words, separated by commas, semicolons or lines. Each word is kept once, in the order typed.
 */
export const wordList = z
	.string({ error: 'triage_words' })
	.max(4000, 'triage_words')
	.optional()
	.transform((text) => [
		...new Set(
			(text ?? '')
				.split(/[,;\n]/)
				.map((word) => word.replace(/\s+/g, ' ').trim())
				.filter(Boolean)
		)
	])
	.refine((words) => words.length <= 100 && words.every((word) => word.length <= 60), 'triage_words');

const input = z.partialRecord(z.enum(CATEGORIES), wordList);

/** The current words of each category: those of the administrator, or the default ones. */
export async function categoryWordsNow(): Promise<CategoryWord[]> {
	const changed = (await referenceData()).categoryWords;
	const defaults = DEFAULT_CATEGORY_WORDS.filter((one) => !changed.some(({ category }) => category === one.category));
	return [...defaults, ...changed.flatMap(({ category, words }) => words.map((word) => ({ category, word })))];
}

const wordsOf = (words: readonly CategoryWord[], category: Category) =>
	words.filter((one) => one.category === category).map((one) => one.word);

const listsOf = (words: readonly CategoryWord[]) =>
	CATEGORIES.map((category) => ({ category, words: wordsOf(words, category) }));

/**
 * The current words, grouped by category for the form, and what it is loaded with (see `requireSeen`). @throws NotAllowed
 * if the actor is not a root administrator
 */
export async function wordsByCategory(actor: Actor) {
	await requireRootAdmin(actor);
	const categories = listsOf(await categoryWordsNow());
	return { categories, seen: seenValues(categories) };
}

/**
 * Changes the words of categories, one list per category.
 * @throws NotAllowed if the actor is not a root administrator · Conflict `stale`
 */
export async function changeCategoryWords(actor: Actor, raw: unknown): Promise<void> {
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		const { seen: _, ...typed } = raw as Record<string, unknown>;
		const lists = checked(input, typed);
		const before = await categoryWordsNow();
		requireSeen(
			raw,
			listsOf(before),
			CATEGORIES.map((category) => ({ category, words: lists[category] ?? [] }))
		);
		for (const category of CATEGORIES) {
			const words = lists[category] ?? [];
			const former = wordsOf(before, category);
			if (words.join() === former.join()) continue;
			await tx
				.insert(categoryWords)
				.values({ category, words })
				.onConflictDoUpdate({ target: categoryWords.category, set: { words } });
			const change = { before: { words: former }, after: { words } };
			await recordChange(tx, actor, { action: 'category_words.changed', subject: category, ...change });
		}
	});
}
