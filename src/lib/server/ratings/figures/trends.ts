import { and, inArray } from 'drizzle-orm';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { UNIFORM } from '#lib/ratings/statistics.ts';
import { trendOf, trendPeriod, type Trend } from '#lib/ratings/trend.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { managedUnit, unitIdsOf } from '../managed-unit.ts';
import { ratingMethod } from './method.ts';
import { countsByMonth } from './monthly.ts';
import { officerCounts, priorsOf } from './officer-counts.ts';
import { notOfOwn } from '../own-left-out.ts';

/**
 * The trend of each officer of the comparison over the twelve months up to the period's last day, by id. The actor's own
 * person is left out as in the comparison.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function officerTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, Trend>> {
	const unitIds = await unitIdsOf(await managedUnit(actor, query.unit), query.scope ?? 'own');
	const { minimum, priorWeight: weight } = await ratingMethod();
	const filter = { ...trendPeriod(query), service: query.service };
	const officers = await officerCounts(unitIds, filter, actor.officerId);
	if (officers.length === 0) return {};
	const priors = await priorsOf(unitIds, officers, filter, actor.officerId);
	const ids = officers.map(({ id }) => id);
	const monthsOf = await countsByMonth(filter, 'officerId', (table) => inArray(table.officerId, ids));
	return Object.fromEntries(
		officers.map(({ id, unitId }) => {
			const months = monthsOf(id).map(({ counts }) => counts);
			return [id, trendOf(months, { prior: priors.get(unitId) ?? UNIFORM, weight, minimum })];
		})
	);
}

/**
 * The plain mean of each unit in each of the twelve months up to the period's last day, by unit id; null in a month with
 * fewer ratings than the minimum.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function unitTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, (number | null)[]>> {
	const unitIds = await unitIdsOf(await managedUnit(actor, query.unit), query.scope ?? 'own');
	const { minimum } = await ratingMethod();
	const filter = { ...trendPeriod(query), service: query.service };
	const monthsOf = await countsByMonth(filter, 'unitId', (table) =>
		and(inArray(table.unitId, unitIds), notOfOwn(actor, table))
	);
	return Object.fromEntries(
		unitIds.map((id) => [id, monthsOf(id).map(({ counts }) => plainRange(counts, minimum)?.mean ?? null)])
	);
}
