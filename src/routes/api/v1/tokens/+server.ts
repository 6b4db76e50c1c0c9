import { checked } from '#lib/server/checked.ts';
import { requireAccount } from '#lib/server/people/accounts.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { createToken } from '#lib/server/people/sign-in/tokens.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { tokenInput } from '#lib/server/web/api/schemas.ts';

export const POST = apiCall('createToken', async ({ actor, body }) => {
	const { account, name, scopes, unit } = checked(tokenInput, body);
	const { id: unitId } = await requireUnitWithin(unit, actor.units.admin);
	const { id: accountId, username } = await requireAccount(account);
	return { body: await createToken(actor, { name: name ?? `API ${username}`, accountId, unitId, scopes }) };
});
