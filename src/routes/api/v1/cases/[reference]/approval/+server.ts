import { decideDraft } from '#lib/server/cases/answers/approve.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('decideDraft', async ({ actor, params, body }) => {
	const row = await decideDraft(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
