import { Readable } from 'node:stream';
import { downloadBackup } from '#lib/server/backup/list.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const GET = ({ locals, params }) =>
	asPage(async () => {
		const { name, bytes, content } = await downloadBackup(signedIn(locals), params.id);
		return new Response(Readable.toWeb(content) as ReadableStream, {
			headers: {
				'content-type': 'application/octet-stream',
				'content-length': String(bytes),
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'private, no-store'
			}
		});
	});
