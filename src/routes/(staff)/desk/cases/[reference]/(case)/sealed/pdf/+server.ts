import { sealedPrint } from '#lib/server/web/documents/dossier-pdf.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

/** POST only: each print is logged, and a prefetched link must not cause one. */
export const POST = withActor(async (actor, { locals, params }: RequestEvent) => {
	const { bytes, reference } = await sealedPrint(actor, params.reference, locals.lang);
	return download(bytes, 'application/pdf', `rahasia-${reference}.pdf`);
});
