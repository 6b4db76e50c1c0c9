import { redirect } from '@sveltejs/kit';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { createPlace } from '#lib/server/places/places.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		return {
			units: await unitsForAdmin(actor),
			chosen: url.searchParams.get('unit'),
			officers: (await listOfficers(actor)).filter((officer) => officer.active)
		};
	});

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const { id } = await createPlace(signedIn(locals), String(data.unitId), data);
			redirect(303, `/admin/places/${id}?saved`);
		});
	}
};
