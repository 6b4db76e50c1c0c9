import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { printSheet } from '#lib/server/places/print.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = (event) =>
	asPage(async () => {
		const [, size, format] = /^(a4|a6)\.(svg|pdf)$/.exec(event.params.file) ?? [];
		if (!size || !format) error(404, { message: m.error_not_found() });
		const sheet = await printSheet(
			signedIn(event.locals),
			event.params.id,
			size === 'a4' ? 'A4' : 'A6',
			format === 'svg' ? 'svg' : 'pdf',
			mainOrigin(event)
		);
		return new Response(typeof sheet.body === 'string' ? sheet.body : new Uint8Array(sheet.body), {
			headers: {
				'content-type': sheet.mediaType,
				'content-disposition': `inline; filename="${sheet.fileName}"`,
				'cache-control': 'private, no-store'
			}
		});
	});
