import { checked } from '#lib/server/checked.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { apiCall, reachOf } from '#lib/server/web/api/call.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';

export const POST = apiCall('createVisit', async ({ actor, body, event }) => {
	const input = checked(visitInput, body);
	const visit = await createVisit(input, { accountId: actor.accountId, within: reachOf(actor) });
	const rating_url = `${mainOrigin(event)}/nilai/${visit.token}`;
	return { body: { id: visit.id, rating_url, expires_at: visit.expiresAt.toISOString() } };
});
