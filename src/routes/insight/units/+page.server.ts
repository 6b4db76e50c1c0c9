import { redirect } from '@sveltejs/kit';
import { unitsSideBySide } from '#lib/server/ratings/figures/summary.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const sides = await unitsSideBySide(actor, filter.query);
		// An office alone has nothing beside it but its own past.
		if (sides.units.length < 2) redirect(303, `/insight/units/${filter.unit.slug}${url.search}`);
		return { filter, sides };
	});
