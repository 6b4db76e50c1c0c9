import { receiptPageFacts } from '#lib/server/cases/receipt-page.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { openTrack, sentLately } from '#lib/server/web/cookies/citizen-cookies.ts';
import { trackAddress } from '#lib/server/web/http/origin.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { proofPdf } from '#lib/server/web/documents/proof-pdf.ts';

export const GET = (event) =>
	asPage(async () => {
		// The report open in this browser may be another one than the report that was sent from it.
		const isOpen = event.url.searchParams.has('laporan');
		const shown = await (isOpen ? openTrack(event, { renews: false }) : sentLately(event, { clears: false }));
		if (!shown) throw new NotFound();
		const report = await receiptPageFacts(shown.found);
		return download(
			await proofPdf(report, event.locals.lang, trackAddress(event)),
			'application/pdf',
			`${report.reference}.pdf`
		);
	});
