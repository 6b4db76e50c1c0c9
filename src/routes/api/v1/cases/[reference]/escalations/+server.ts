import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { caseView } from '#lib/server/web/api/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('escalateCase', async ({ actor, params: { reference = '' }, body }) => {
	await escalateCase(actor, reference, body);
	return { body: await caseView(actor, reference) };
});
