import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { addFilesToCase } from '#lib/server/cases/files.ts';
import { caseViewAttached } from '#lib/server/web/api/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { readForm } from '#lib/server/web/http/form.ts';

export const POST = apiCall('attachFile', async ({ actor, params, event }) => {
	const { files } = await readForm(event.request);
	const row = await addFilesToCase(actor, params.reference ?? '', await sentFiles(files));
	return { body: await caseViewAttached(actor, row) };
});
