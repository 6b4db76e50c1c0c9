import { changeNamedOfficers, officersToName } from '#lib/server/cases/officers/officers-of-case.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = withActor(async (actor, { params }) => {
	return { me: actor.accountId, others: await officersToName(actor, params.reference) };
});

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const asking = data.action === 'remove' && data.confirms_removal === undefined;
		await changeNamedOfficers(actor, reference, data);
		return asking ? 'removal_asked' : 'officers_changed';
	})
};
