import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { createPlace } from '#lib/server/places/places.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	return {
		submissionId: crypto.randomUUID(),
		units: await unitsForAdmin(actor),
		chosen: url.searchParams.get('unit'),
		officers: (await listOfficers(actor)).filter((officer) => officer.active)
	};
});

export const actions = {
	default: formAction(async (actor, { data }) => {
		const { id } = await createPlace(actor, String(data.unitId), data);
		return `/admin/places/${id}?saved&made`;
	})
};
