import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const POST = apiCall('writeMessage', async ({ actor, params, body }) => {
	const row = await writeMessage(actor, params.reference ?? '', body);
	return { body: await caseViewAfter(actor, row) };
});
