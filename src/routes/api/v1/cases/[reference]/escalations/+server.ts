import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('escalateCase', async ({ actor, params, body }) => {
	const { id } = await escalateCase(actor, params.reference ?? '', body);
	return { body: await escalationForApi(actor, id) };
});
