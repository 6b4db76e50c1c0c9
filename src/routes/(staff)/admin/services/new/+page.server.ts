import { createService } from '#lib/server/people/units/services.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	submissionId: crypto.randomUUID(),
	units: await unitsForAdmin(actor),
	chosen: url.searchParams.get('unit')
}));

export const actions = {
	default: changeThenOpen((actor, data) => createService(actor, String(data.unitId), data), '/admin/services?saved')
};
