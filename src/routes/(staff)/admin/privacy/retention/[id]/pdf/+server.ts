import { destructionView } from '#lib/server/privacy/retention/view.ts';
import { destructionPdf } from '#lib/server/web/documents/destruction-pdf.ts';
import { exportedDocument } from '#lib/server/web/documents/exported.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params, locals }: RequestEvent) => {
	const view = await destructionView(actor, params.id);
	const name = `berita-acara-${view.row.year}-${view.row.number}.pdf`;
	return exportedDocument(actor, { list: 'destruction_record' }, await destructionPdf(view, locals.lang), name);
});
