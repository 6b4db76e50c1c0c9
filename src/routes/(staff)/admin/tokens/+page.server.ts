import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { listTokens, revokeToken } from '#lib/server/people/sign-in/tokens.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ tokens: await listTokens(actor), zone: await firstZone() }));

export const actions = {
	revoke: changeThenOpen((actor, data) => revokeToken(actor, String(data.id)), '/admin/tokens?saved', { confirm: true })
};
