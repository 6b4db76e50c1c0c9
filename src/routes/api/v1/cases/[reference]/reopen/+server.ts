import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('reopenCase', async ({ actor, params, body }) => {
	const row = await reopenCase(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
