import { officerCards } from '#lib/server/insight/officer-cards.ts';
import { leaderboard } from '#lib/server/ratings/leaderboard.ts';
import { ratingSummary } from '#lib/server/ratings/summary.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { insightFilter } from '#lib/server/web/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const comparison = await leaderboard(actor, filter.query);
		return {
			filter,
			comparison,
			summary: await ratingSummary(actor, filter.query),
			cards: await officerCards(comparison.items.map((item) => item.officer.id))
		};
	});
