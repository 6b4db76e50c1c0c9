import { attachmentForActor } from '#lib/server/cases/files.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { fileResponse } from '#lib/server/web/http/file-response.ts';

export const GET = apiCall('readAttachment', async ({ actor, params }) =>
	fileResponse(await attachmentForActor(actor, params.id ?? ''))
);
