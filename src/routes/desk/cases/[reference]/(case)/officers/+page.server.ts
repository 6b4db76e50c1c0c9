import { nameInCase, officersToName } from '#lib/server/cases/officers/named.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		return { me: actor.accountId, others: await officersToName(actor, params.reference) };
	});

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const asking = data.action === 'remove' && data.second === undefined;
		await nameInCase(actor, reference, data);
		return asking ? 'removal_asked' : 'officers_changed';
	})
};
