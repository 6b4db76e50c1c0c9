import { listPeople } from '#lib/server/people/directory.ts';
import { changeOfficer, officerForAdmin, seenOfOfficer } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { desksWithoutOfficer } from '#lib/server/places/duty.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const officer = await officerForAdmin(actor, params.id);
	const people = await listPeople(actor);
	return {
		officer,
		seen: seenOfOfficer(officer),
		desksWithoutOfficer: officer.active ? [] : await desksWithoutOfficer(officer.unitId),
		office: await unitForAdmin(actor, officer.unitId),
		accounts: people.filter(
			({ id, officer: present, administered }) =>
				id === officer.accountId || (administered && !(officer.active && present?.active))
		)
	};
});

export const actions = {
	default: formAction(
		async (actor, { data }, { params }) => {
			const waits = await changeOfficer(actor, params.id, data);
			return `/admin/officers/${params.id}?saved${waits ? '=waiting' : ''}`;
		},
		{ confirm: true }
	)
};
