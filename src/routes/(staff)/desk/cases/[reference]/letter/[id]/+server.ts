import { letterForActor } from '#lib/server/cases/answers/letter.ts';
import { letterResponse } from '#lib/server/web/documents/letter-pdf.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { locals, params }: RequestEvent) =>
	letterResponse(await letterForActor(actor, params.reference, params.id), locals.lang)
);
