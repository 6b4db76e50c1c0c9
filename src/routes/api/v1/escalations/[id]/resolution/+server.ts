import { resolveEscalation } from '#lib/server/escalation/delivery/resolve.ts';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('resolveEscalation', async ({ actor, params, body }) => {
	const { id } = await resolveEscalation(actor, params.id ?? '', body);
	return { body: await escalationForApi(actor, id) };
});
