import { and, inArray, type SQL } from 'drizzle-orm';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { monthsOf } from '#lib/ratings/period.ts';
import { UNIFORM } from '#lib/ratings/adjusted-score.ts';
import { trendOf, trendPeriod, type Trend } from '#lib/ratings/trend.ts';
import { db } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, exceptReader } from '../access.ts';
import { isListed, type CountedOfficers, type LeaderboardQuery, type MonthCounts } from './compare-officers.ts';
import { ratingMethod, type RatingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';

/**
 * Counts ratings by month for each unit, including empty months. If the period contains only part of its first or last
 * month, only that part is counted.
 */
export async function countsByMonth(
	filter: RatingFilter,
	whose: (table: SumsTable) => SQL | undefined
): Promise<(unitId: string) => MonthCounts[]> {
	const pieces = sumsWithin(filter, whose);
	const rows = await db()
		.select({ id: pieces.unitId, month: pieces.month, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces.unitId, pieces.month);
	const known = new Map(rows.map((row) => [`${row.id} ${row.month}`, countsOf(row)]));
	const months = monthsOf(filter);
	return (id) => months.map((month) => ({ month, counts: known.get(`${id} ${month}`) ?? [0, 0, 0, 0, 0] }));
}

/** The period in which ratings are counted for the trends of a comparison. */
export const trendFilter = (query: RatingFilter) => ({
	...trendPeriod(query),
	service: query.service,
	monthly: true
});

/** The trend of each listed officer, by id, from their ratings by `countOfficers` in the period of `trendFilter`. */
export function officerTrends(
	{ officers, priors }: CountedOfficers,
	{ minimum, priorWeight: weight }: RatingMethod
): Record<string, Trend> {
	return Object.fromEntries(
		officers.filter(isListed).map(({ id, unitId, months }) => {
			const counts = months.map((month) => month.counts);
			return [id, trendOf(counts, { prior: priors.get(unitId) ?? UNIFORM, weight, minimum })];
		})
	);
}

/**
 * Returns each unit's plain mean for each of the twelve months up to the period's last day, by unit id. A month below
 * the minimum number of ratings has null.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function unitTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, (number | null)[]>> {
	const unitIds = await managedIds(actor, query);
	const { minimum } = await ratingMethod();
	const monthsOfUnit = await countsByMonth({ ...trendPeriod(query), service: query.service }, (table) =>
		and(inArray(table.unitId, unitIds), exceptReader(actor, table))
	);
	return Object.fromEntries(
		unitIds.map((id) => [id, monthsOfUnit(id).map(({ counts }) => plainRange(counts, minimum)?.mean ?? null)])
	);
}
