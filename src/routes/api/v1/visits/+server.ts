import { checked } from '#lib/server/checked.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { apiCall, heldUnits } from '#lib/server/web/api/call.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';

export const POST = apiCall('createVisit', async ({ actor, body: sent, event }) => {
	const input = checked(visitInput, sent);
	const visit = await createVisit(input, { accountId: actor.accountId, within: heldUnits(actor) });
	const rating_url = `${mainOrigin(event)}/nilai/${visit.token}`;
	const body = { id: visit.id, rating_url, expires_at: visit.expiresAt.toISOString() };
	return { body, status: visit.repeated ? 200 : 201 };
});
