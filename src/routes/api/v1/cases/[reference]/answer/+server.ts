import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('answerCase', async ({ actor, params, body }) => {
	const row = await answerCase(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
