import { now } from '#lib/server/clock.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { pdfResponse } from '#lib/server/web/documents/paper.ts';
import { recapFileName, recapPdf } from '#lib/server/web/documents/recap-pdf.ts';
import { recapQuery } from '#lib/server/web/filters/recap-query.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = ({ locals, params, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const recap = await recapView(actor, recapQuery(params, url.searchParams));
		return pdfResponse(await recapPdf(recap, actor.name, now(), locals.lang), recapFileName(recap));
	});
