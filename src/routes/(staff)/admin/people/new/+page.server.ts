import { randomUUID } from 'node:crypto';
import { createAccount } from '#lib/server/people/accounts.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	submissionId: randomUUID(),
	units: await unitsForAdmin(actor),
	chosen: url.searchParams.get('unit')
}));

export const actions = {
	default: formAction(
		async (actor, { data }) => {
			const id = await createAccount(actor, data);
			return `/admin/people/${id}?saved`;
		},
		{ confirm: true, lists: ['roles'] }
	)
};
