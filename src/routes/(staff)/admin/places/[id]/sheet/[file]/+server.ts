import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { previewSheet, printSheet } from '#lib/server/places/print-sheets.ts';
import type { SheetSize } from '#lib/server/places/sheet-measures.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import type { RequestEvent } from './$types';

const PREVIEW = 'a6.svg';

export const GET = withActor(async (actor, event: RequestEvent) => {
	const { id, file } = event.params;
	const headers = { 'cache-control': 'private, no-store' };
	if (file === PREVIEW) {
		const svg = await previewSheet(actor, id, mainOrigin(event));
		return new Response(svg, { headers: { ...headers, 'content-type': 'image/svg+xml' } });
	}
	const [, size] = /^(a[456])\.pdf$/.exec(file) ?? [];
	if (!size) error(404, { message: m.error_not_found() });
	const { pdf, fileName } = await printSheet(actor, id, size.toUpperCase() as SheetSize, mainOrigin(event));
	const disposition = `inline; filename="${fileName}"`;
	return new Response(new Uint8Array(pdf), {
		headers: { ...headers, 'content-type': 'application/pdf', 'content-disposition': disposition }
	});
});
