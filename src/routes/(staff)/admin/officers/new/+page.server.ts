import { listPeople } from '#lib/server/people/directory.ts';
import { createOfficer } from '#lib/server/people/officers/officers.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const people = await listPeople(actor);
	return {
		submissionId: crypto.randomUUID(),
		units: await unitsForAdmin(actor),
		chosen: url.searchParams.get('unit'),
		accounts: people.filter((person) => !person.officer?.active && person.administered)
	};
});

export const actions = {
	default: formAction(
		async (actor, { data }) => {
			const id = await createOfficer(actor, String(data.unitId), data);
			return `/admin/officers/${id}?saved&made`;
		},
		{ confirm: true }
	)
};
