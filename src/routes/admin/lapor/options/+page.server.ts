import { redirect } from '@sveltejs/kit';
import { changeLaporOptions, laporOptions } from '#lib/server/escalation/connection/lapor-ids.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => ({
		options: await laporOptions(),
		mayChange: await mayChangeInstallation(signedIn(locals))
	}));

export const actions = {
	// A name of its own: a form that holds nothing would switch everything off.
	save: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeLaporOptions(signedIn(locals), data);
			redirect(303, '/admin/lapor?saved');
		});
	}
};
