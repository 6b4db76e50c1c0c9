import { downloadBackup } from '#lib/server/backup/list.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params }: RequestEvent) => {
	const { name, bytes, content } = await downloadBackup(actor, params.id);
	return download(content, 'application/octet-stream', name, bytes);
});
