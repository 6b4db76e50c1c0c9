import { listTokens, revokeToken } from '#lib/server/people/sign-in/tokens.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ tokens: await listTokens(actor) }));

export const actions = {
	revoke: formAction(async (actor, { data }) => {
		await revokeToken(actor, String(data.token));
		return '/admin/tokens?saved';
	})
};
