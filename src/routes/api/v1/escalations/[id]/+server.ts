import { escalationForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const GET = apiCall('readEscalation', async ({ actor, params }) => ({
	body: await escalationForApi(actor, params.id ?? '')
}));
