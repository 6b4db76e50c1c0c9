import { now } from '#lib/server/clock.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { exportedDocument } from '#lib/server/web/documents/exported.ts';
import { recapFileName } from '#lib/server/web/documents/recap-pdf.ts';
import { recapQuery } from '#lib/server/web/filters/list-filters.ts';
import { XLSX } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { recapBook } from '#lib/server/web/sheets/recap-sheet.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { locals, params, url }: RequestEvent) => {
	const recap = await recapView(actor, recapQuery(params, url.searchParams));
	const bytes = await recapBook(recap, actor.name, now(), locals.lang);
	return exportedDocument(actor, { list: 'recap' }, bytes, `${recapFileName(recap)}.xlsx`, XLSX);
});
