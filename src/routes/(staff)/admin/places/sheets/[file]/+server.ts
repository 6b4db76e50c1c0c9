import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { printSheets } from '#lib/server/places/print-sheets.ts';
import type { SheetSize } from '#lib/server/places/sheet-measures.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import type { RequestEvent } from './$types';

/** The sheets of every code in use, of one office (`?unit=CODE`) or of all of the administrator's offices. */
export const GET = withActor(async (actor, event: RequestEvent) => {
	const [, size] = /^(a[456])\.pdf$/.exec(event.params.file) ?? [];
	if (!size) error(404, { message: m.error_not_found() });
	const unit = event.url.searchParams.get('unit');
	const pdf = await printSheets(actor, unit, size.toUpperCase() as SheetSize, mainOrigin(event));
	return download(pdf, 'application/pdf', `lembar-qr-${unit?.replace(/\W/g, '') ?? 'semua'}-${size}.pdf`);
});
