import { officerCards } from '#lib/server/insight/officer-cards.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { officerFigures } from '#lib/server/ratings/figures/detail.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

const COMMENTS = 12;

export const load = withActor(async (actor, { params, url }) => {
	const { id, unit } = await managedOfficer(actor, params.id);
	const filter = await insightFilter(actor, url.searchParams, unit.slug);
	const commentQuery = { ...filter.query, officer: id, state: 'counted' as const, commented: true, limit: COMMENTS };
	return {
		filter,
		figures: await officerFigures(actor, id, filter.query),
		portrait: (await officerCards([id]))[id]?.portrait ?? null,
		comments: await ratingsBehind(actor, commentQuery)
	};
});
