import { redirect } from '@sveltejs/kit';
import { unitsSideBySide } from '#lib/server/ratings/figures/summary.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const sides = await unitsSideBySide(actor, filter.query);
	// An office alone has nothing beside it but its own past.
	if (sides.units.length < 2) redirect(303, `/insight/units/${filter.unit.slug}${url.search}`);
	return { filter, sides };
});
