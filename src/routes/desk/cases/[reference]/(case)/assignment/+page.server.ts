import { assignCase, peopleToAssign } from '#lib/server/cases/handling/assign.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		return { me: actor.accountId, people: await peopleToAssign(actor, params.reference) };
	});

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await assignCase(actor, reference, data);
		return 'assigned';
	})
};
