import { changePublicPage, publicPageOf } from '#lib/server/insight/public-page.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const office = await unitForAdmin(actor, params.code);
	return { office, publicPage: await publicPageOf(office.id) };
});

export const actions = {
	default: changeThenOpen(
		async (actor, data, { params }) => changePublicPage(actor, (await unitForAdmin(actor, params.code)).id, data),
		({ params }) => `/admin/units/${params.code}/figures?saved`
	)
};
