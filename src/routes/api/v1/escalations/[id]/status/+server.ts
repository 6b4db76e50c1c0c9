import { setManualStatus } from '#lib/server/escalation/tracking/manual-status.ts';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('setEscalationStatus', async ({ actor, params, body }) => {
	const { id } = await setManualStatus(actor, params.id ?? '', body);
	return { body: await escalationForApi(actor, id) };
});
