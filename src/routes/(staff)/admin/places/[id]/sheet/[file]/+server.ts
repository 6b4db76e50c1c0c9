import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { printSheet } from '#lib/server/places/print-sheets.ts';
import type { SheetSize } from '#lib/server/places/sheet-measures.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, event: RequestEvent) => {
	const [, size, format] = /^(a[456])\.(svg|pdf)$/.exec(event.params.file) ?? [];
	if (!size || !format) error(404, { message: m.error_not_found() });
	const sheet = await printSheet(
		actor,
		event.params.id,
		size.toUpperCase() as SheetSize,
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
