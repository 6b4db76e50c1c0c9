import { downloadBackup } from '#lib/server/backup/list.ts';
import { toWebStream } from '#lib/server/web-stream.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = ({ locals, params }) =>
	asPage(async () => {
		const { name, bytes, content } = await downloadBackup(signedIn(locals), params.id);
		return new Response(toWebStream(content), {
			headers: {
				'content-type': 'application/octet-stream',
				'content-length': String(bytes),
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'private, no-store'
			}
		});
	});
