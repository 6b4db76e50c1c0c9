import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';

const SCREENS = ['id', 'en'] as const;
const names = {
	requirements: m.category_requirements,
	procedure: m.category_procedure,
	time: m.category_time,
	cost: m.category_cost,
	product: m.category_product,
	competence: m.category_competence,
	behaviour: m.category_behaviour,
	facilities: m.category_facilities,
	integrity: m.category_integrity,
	other: m.category_other
} satisfies Record<Category, unknown>;

/** The categories whose words on the screen, in either language, have one that begins like `word`. */
export function categoriesCalled(word: string, shortest: number): Category[] {
	if (word.length < shortest) return [];
	return CATEGORIES.filter((category) =>
		SCREENS.some((locale) =>
			names[category]({}, { locale })
				.toLowerCase()
				.split(/[^\p{L}\p{N}]+/u)
				.some((said) => said.startsWith(word))
		)
	);
}
