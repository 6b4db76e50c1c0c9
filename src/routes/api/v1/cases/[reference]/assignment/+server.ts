import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('assignCase', async ({ actor, params, body }) => {
	const row = await assignCase(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
