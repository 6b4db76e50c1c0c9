import { handOverCase, unitsToHandOver } from '#lib/server/cases/handling/hand-over.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => ({ units: await unitsToHandOver(signedIn(locals), params.reference) }));

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await handOverCase(actor, reference, data);
		return 'moved';
	})
};
