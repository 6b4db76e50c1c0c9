import { listPeople } from '#lib/server/people/directory.ts';
import { createToken } from '#lib/server/people/sign-in/tokens.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const people = await listPeople(actor);
	return {
		units: await unitsForAdmin(actor),
		accounts: people.filter((person) => person.administered && person.active && person.roles.length > 0)
	};
});

export const actions = {
	// Returns the token without a redirect, because it is shown once and must not be in an address.
	default: formAction(
		async (actor, { data }) => {
			const { token, waiting } = await createToken(actor, data);
			return { token, waiting, name: String(data.name) };
		},
		{ confirm: true, lists: ['scopes'] }
	)
};
