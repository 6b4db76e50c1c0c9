import { now } from '#lib/server/clock.ts';
import { sealedDossier } from '#lib/server/cases/sealed-dossier.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { sealedPdf } from '#lib/server/web/documents/sealed-pdf.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

/** By POST only: each print is written down, and a link that is prefetched must not make one. */
export const POST = ({ locals, params }) =>
	asPage(async () => {
		const dossier = await sealedDossier(signedIn(locals), params.reference);
		return download(
			await sealedPdf(dossier, now(), locals.lang),
			'application/pdf',
			`rahasia-${dossier.shown.reference}.pdf`
		);
	});
