import { skmForAdmin } from '#lib/server/skm/office.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const units = await skmForAdmin(actor);
	return { units: units.map(({ id, code, name, skm }) => ({ id, code, name, skm })) };
});
