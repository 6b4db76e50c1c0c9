import { redirect } from '@sveltejs/kit';
import { changeCategoryWords, wordsByCategory } from '#lib/server/cases/triage/category-words.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => ({
		categories: await wordsByCategory(signedIn(locals))
	}));

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeCategoryWords(signedIn(locals), data);
			redirect(303, '/admin/routing?saved');
		});
	}
};
