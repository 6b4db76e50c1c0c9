import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('archiveCase', async ({ actor, params, body }) => {
	const row = await archiveCase(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
