import { checked } from '#lib/server/checked.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { apiCall, unitsOfToken } from '#lib/server/web/api/call.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';

export const POST = apiCall('createVisit', async ({ actor, body: sent, event }) => {
	const input = checked(visitInput, sent);
	const visit = await createVisit(input, { accountId: actor.accountId, within: unitsOfToken(actor) });
	const rating_url = `${mainOrigin(event)}/nilai/${visit.token}`;
	return { body: { ...visit, rating_url }, status: visit.repeated ? 200 : 201 };
});
