import { downloadBackup } from '#lib/server/backup/list.ts';
import { toWebStream } from '#lib/server/web-stream.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params }: RequestEvent) => {
	const { name, bytes, content } = await downloadBackup(actor, params.id);
	return new Response(toWebStream(content), {
		headers: {
			'content-type': 'application/octet-stream',
			'content-length': String(bytes),
			'content-disposition': `attachment; filename="${name}"`,
			'cache-control': 'private, no-store'
		}
	});
});
