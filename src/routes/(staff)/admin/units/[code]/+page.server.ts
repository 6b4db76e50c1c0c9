import { changeOffice } from '#lib/server/cases/clocks/recompute-deadlines.ts';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { supervisorsOver, unitForAdmin } from '#lib/server/people/units/units.ts';
import { responsibleFor } from '#lib/server/privacy/notice/responsible.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const office = await unitForAdmin(actor, params.code);
	const officers = await listOfficers(actor, office.id);
	return {
		office,
		supervisors: await supervisorsOver(office),
		responsible: await responsibleFor(office.id),
		// The present head stays a choice. Without it, saving the form would remove the head.
		officers: officers
			.filter(({ id, active }) => active || id === office.headOfficerId)
			.map(({ id, name }) => ({ id, name }))
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { params }) => {
		const { id } = await unitForAdmin(actor, params.code);
		const moved = await changeOffice(actor, id, data, !data.recompute);
		return `/admin/units?saved&moved=${moved}`;
	})
};
