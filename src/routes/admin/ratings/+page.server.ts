import { redirect } from '@sveltejs/kit';
import { changeRatingMethod, ratingMethodForAdmin } from '#lib/server/ratings/figures/method.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ method: await ratingMethodForAdmin(signedIn(locals)) }));

export const actions = {
	default: async ({ locals, request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeRatingMethod(signedIn(locals), data);
			redirect(303, '/admin/ratings?saved');
		});
	}
};
