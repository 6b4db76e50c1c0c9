import { createUnit, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ parents: await unitsForAdmin(actor) }));

export const actions = {
	default: formAction(async (actor, { data }) => {
		await createUnit(actor, data);
		return '/admin/units?saved';
	})
};
