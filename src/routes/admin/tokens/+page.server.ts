import { redirect } from '@sveltejs/kit';
import { listTokens, revokeToken } from '#lib/server/people/sign-in/tokens.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ tokens: await listTokens(signedIn(locals)) }));

export const actions = {
	revoke: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await revokeToken(signedIn(locals), String(data.token));
			redirect(303, '/admin/tokens?saved');
		});
	}
};
