import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('verifyCase', async ({ actor, params, body }) => {
	const row = await verifyCase(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
