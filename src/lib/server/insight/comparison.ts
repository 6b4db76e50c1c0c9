import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, worksIn } from '#lib/server/ratings/access.ts';
import { countOfficers, ranked, type LeaderboardQuery } from '#lib/server/ratings/figures/compare-officers.ts';
import { ratingMethod } from '#lib/server/ratings/figures/method.ts';
import { addedUp, ratingSummary } from '#lib/server/ratings/figures/summary.ts';
import { officerTrends, trendFilter } from '#lib/server/ratings/figures/trends.ts';
import { visitsByOfficer } from '#lib/server/ratings/figures/visit-counts.ts';
import { officerCards } from './officer-cards.ts';

/**
 * The page that compares a unit's officers: the leaderboard, the trend of each officer, and the figures of the unit.
 * One statement counts the ratings of the chosen period and of the twelve months of the trend.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function officerComparison(actor: Actor, query: LeaderboardQuery) {
	const unitIds = await managedIds(actor, query);
	const method = await ratingMethod();
	const [summary, [during, latest]] = await Promise.all([
		ratingSummary(actor, query),
		countOfficers(unitIds, [query, trendFilter(query)], actor.officerId)
	]);
	const comparison = { method, ...ranked(during, method), ownLeftOut: await worksIn(actor, unitIds) };
	const listedIds = comparison.items.map(({ officer }) => officer.id);
	const insufficientIds = comparison.insufficient.map(({ officer }) => officer.id);
	return {
		comparison,
		responses: await visitsByOfficer(listedIds, query),
		summary: addedUp(summary, method.minimum),
		trends: officerTrends(latest, method),
		cards: await officerCards([...listedIds, ...insufficientIds])
	};
}
