import { createAccount } from '#lib/server/people/accounts.ts';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const [units, officers] = await Promise.all([unitsForAdmin(actor), listOfficers(actor)]);
	return {
		submissionId: crypto.randomUUID(),
		units,
		chosen: url.searchParams.get('unit'),
		officers: officers
			.filter(({ active, accountId }) => active && accountId === null)
			.map(({ id, name, unitName }) => ({ value: id, label: `${name}, ${unitName}` }))
	};
});

export const actions = {
	default: formAction(
		async (actor, { data }) => {
			const id = await createAccount(actor, data);
			return `/admin/people/${id}?saved&made`;
		},
		{ confirm: true, lists: ['roles'] }
	)
};
