import { changeCategoryWords, wordsByCategory } from '#lib/server/cases/triage/category-words.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	categories: await wordsByCategory(actor)
}));

export const actions = {
	default: formAction(async (actor, { data }) => {
		await changeCategoryWords(actor, data);
		return '/admin/routing?saved';
	})
};
