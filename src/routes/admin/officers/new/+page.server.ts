import { redirect } from '@sveltejs/kit';
import { listPeople } from '#lib/server/people/directory.ts';
import { createOfficer } from '#lib/server/people/officers/officers.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const people = await listPeople(actor);
		return {
			units: await unitsForAdmin(actor),
			chosen: url.searchParams.get('unit'),
			accounts: people.filter((person) => !person.officer && person.administered)
		};
	});

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const id = await createOfficer(signedIn(locals), String(data.unitId), data);
			redirect(303, `/admin/officers/${id}?saved`);
		});
	}
};
