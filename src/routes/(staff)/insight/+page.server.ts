import { officerCards } from '#lib/server/insight/officer-cards.ts';
import { leaderboard } from '#lib/server/ratings/figures/leaderboard.ts';
import { visitsByOfficer } from '#lib/server/ratings/figures/visit-counts.ts';
import { addedUp, ratingSummary } from '#lib/server/ratings/figures/summary.ts';
import { officerTrends } from '#lib/server/ratings/figures/trends.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const comparison = await leaderboard(actor, filter.query);
	const listedIds = comparison.items.map((item) => item.officer.id);
	const insufficientIds = comparison.insufficient.map(({ officer }) => officer.id);
	return {
		filter,
		comparison,
		responses: await visitsByOfficer(listedIds, filter.query),
		summary: addedUp(await ratingSummary(actor, filter.query), comparison.method.minimum),
		trends: await officerTrends(actor, filter.query),
		cards: await officerCards([...listedIds, ...insufficientIds])
	};
});
