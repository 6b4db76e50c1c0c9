import { changeService, seenOfService, serviceForAdmin } from '#lib/server/people/units/services.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const service = await serviceForAdmin(actor, params.id);
	return { service, seen: seenOfService(service), office: await unitForAdmin(actor, service.unitId) };
});

export const actions = {
	default: changeThenOpen((actor, data, { params }) => changeService(actor, params.id, data), '/admin/services?saved')
};
