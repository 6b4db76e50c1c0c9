import { caseForActor } from '#lib/server/cases/find.ts';
import { NotFound } from '#lib/server/errors.ts';
import { readRequest } from '#lib/server/privacy/requests/register.ts';
import { caseCopyResponse } from '#lib/server/web/documents/case-copy-pdf.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

/** The copy of the report that a request is about, for a person at the counter, printed by staff who may read the report. */
export const GET = withActor(async (actor, { params, locals }: RequestEvent) => {
	const request = await readRequest(actor, params.id);
	if (!request.mayCopy || !request.case) throw new NotFound();
	const found = await caseForActor(actor, request.case.reference);
	return caseCopyResponse(found, actor, params.file, locals.lang);
});
