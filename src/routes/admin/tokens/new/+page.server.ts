import { listPeople } from '#lib/server/people/directory.ts';
import { createToken } from '#lib/server/people/sign-in/tokens.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const people = await listPeople(signedIn(locals));
		return {
			units: await unitsForAdmin(signedIn(locals)),
			accounts: people.filter((person) => person.administered && person.active && person.roles.length > 0)
		};
	});

export const actions = {
	// No redirect: the token is shown once and must not be in an address.
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request, ['scopes']);
		return asForm(typed, async () => {
			const { token, waiting } = await createToken(signedIn(locals), data);
			return { token, waiting, name: String(data.name) };
		});
	}
};
