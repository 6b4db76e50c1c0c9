import { deskCase } from '#lib/server/cases/view.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => ({ shown: await deskCase(signedIn(locals), params.reference) }));
