import { unitFigures } from '#lib/server/ratings/figures/detail.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { params, url }) => {
	const filter = await insightFilter(actor, url.searchParams, params.unit);
	return { filter, figures: await unitFigures(actor, filter.query) };
});
