import { changeSkmOffice, skmOfUnit } from '#lib/server/skm/office.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const { unit, skm, seen } = await skmOfUnit(actor, params.code);
	return { office: { name: unit.name, slug: unit.slug }, skm: skm ?? null, seen };
});

export const actions = {
	default: formAction(async (actor, { data }, { params }) => {
		const { unit } = await skmOfUnit(actor, params.code);
		await changeSkmOffice(actor, unit.id, data);
		return '/admin/skm?saved';
	})
};
