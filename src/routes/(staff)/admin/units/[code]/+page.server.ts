import { changeOffice } from '#lib/server/cases/clocks/change-office.ts';
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
		// Also those who no longer serve: a head whom nobody rates is one of them.
		officers: officers.map(({ id, name, active }) => ({ id, name, active }))
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { params }) => {
		const { id } = await unitForAdmin(actor, params.code);
		const moved = await changeOffice(actor, id, data, !data.recompute);
		return `/admin/units?saved&moved=${moved}`;
	})
};
