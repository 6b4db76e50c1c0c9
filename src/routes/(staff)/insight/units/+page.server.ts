import { redirect } from '@sveltejs/kit';
import { unitsSideBySide } from '#lib/server/ratings/figures/summary.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const sides = await unitsSideBySide(actor, filter.query);
	// A single office can only be compared with its own past, which its own page shows.
	if (sides.units.length < 2) redirect(303, `/insight/units/${filter.unit.slug}${url.search}`);
	return { filter, sides };
});
