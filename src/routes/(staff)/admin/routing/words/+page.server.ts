import { changeCategoryWords, wordsByCategory } from '#lib/server/cases/triage/category-words.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor((actor) => wordsByCategory(actor));

export const actions = {
	default: changeThenOpen(changeCategoryWords, '/admin/routing?saved')
};
