import { createUnit, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	submissionId: crypto.randomUUID(),
	parents: await unitsForAdmin(actor)
}));

export const actions = {
	default: changeThenOpen(createUnit, '/admin/units?saved')
};
