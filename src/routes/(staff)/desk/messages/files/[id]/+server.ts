import type { RequestEvent } from './$types.js';
import { incomingFile } from '#lib/server/channels/incoming/incoming-files.ts';
import { fileResponse } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const GET = withActor(async (actor, { params }: RequestEvent) =>
	fileResponse(await incomingFile(actor, params.id))
);
