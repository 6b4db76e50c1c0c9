import { now } from '#lib/server/clock.ts';
import { sealedDossier } from '#lib/server/cases/sealed-dossier.ts';
import { dossierPdf } from '#lib/server/web/documents/dossier-pdf.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

/** POST only: each print is logged, and a prefetched link must not cause one. */
export const POST = withActor(async (actor, { locals, params }: RequestEvent) => {
	const dossier = await sealedDossier(actor, params.reference);
	const bytes = await dossierPdf(dossier, now(), locals.lang);
	return download(bytes, 'application/pdf', `rahasia-${dossier.shown.reference}.pdf`);
});
