import { letterForActor } from '#lib/server/cases/answers/letter.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { letterResponse } from '#lib/server/web/documents/letter-pdf.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = ({ locals, params }) =>
	asPage(async () => letterResponse(await letterForActor(signedIn(locals), params.reference, params.id), locals.lang));
