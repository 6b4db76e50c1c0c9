import { destructionView } from '#lib/server/privacy/retention/view.ts';
import { destructionPdf } from '#lib/server/web/documents/destruction-pdf.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params, locals }: RequestEvent) => {
	const view = await destructionView(actor, params.id);
	return download(
		await destructionPdf(view, locals.lang),
		'application/pdf',
		`berita-acara-${view.row.year}-${view.row.number}.pdf`
	);
});
