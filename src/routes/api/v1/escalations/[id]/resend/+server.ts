import { resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('resendEscalation', async ({ actor, params, body }) => {
	const { id } = await resendEscalation(actor, params.id ?? '', body);
	return { body: await escalationForApi(actor, id) };
});
