import { now } from '#lib/server/clock.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { recapBook } from '#lib/server/web/sheets/recap-sheet.ts';
import { recapFileName } from '#lib/server/web/documents/recap-pdf.ts';
import { recapQuery } from '#lib/server/web/filters/list-filters.ts';
import { download, XLSX } from '#lib/server/web/http/file-response.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = ({ locals, params, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const recap = await recapView(actor, recapQuery(params, url.searchParams));
		const bytes = await recapBook(recap, actor.name, now(), locals.lang);
		return download(bytes, XLSX, `${recapFileName(recap)}.xlsx`);
	});
