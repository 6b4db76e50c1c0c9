import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { listTokens, revokeToken } from '#lib/server/people/sign-in/tokens.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ tokens: await listTokens(actor), zone: await firstZone() }));

export const actions = {
	revoke: formAction(
		async (actor, { data }) => {
			await revokeToken(actor, String(data.id));
			return '/admin/tokens?saved';
		},
		{ confirm: true }
	)
};
