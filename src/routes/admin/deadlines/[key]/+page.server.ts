import { redirect } from '@sveltejs/kit';
import { changeRule, ruleNow } from '#lib/server/calendar/rules.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ params, locals }) =>
	asPage(async () => ({
		rule: await ruleNow(params.key),
		mayChange: await mayChangeInstallation(signedIn(locals))
	}));

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeRule(signedIn(locals), params.key, data);
			redirect(303, '/admin/deadlines?saved');
		});
	}
};
