import { changeSkmOffice, skmOfUnit } from '#lib/server/skm/office.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const { unit, skm, seen } = await skmOfUnit(actor, params.code);
	return { office: { name: unit.name, slug: unit.slug }, skm, seen };
});

export const actions = {
	default: changeThenOpen((actor, data, { params }) => changeSkmOffice(actor, params.code, data), '/admin/skm?saved')
};
