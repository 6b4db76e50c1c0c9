import { and, inArray, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { monthsOf } from '#lib/ratings/period.ts';
import { UNIFORM, type Counts } from '#lib/ratings/adjusted-score.ts';
import { trendOf, trendPeriod, type Trend } from '#lib/ratings/trend.ts';
import { db } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, notOfOwn } from '../access.ts';
import { officerCounts, priorsOf, type LeaderboardQuery } from './leaderboard.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';

export interface MonthCounts {
	/** The first day of the month. */
	month: LocalDate;
	counts: Counts;
}

/**
 * Counted ratings by month, for each unit or each officer (null: those without one), including months without any. A first or last
 * month that is only partly in the period counts with that part.
 */
export async function countsByMonth(
	filter: RatingFilter,
	by: 'unitId' | 'officerId',
	whose: (table: SumsTable) => SQL | undefined
): Promise<(id: string | null) => MonthCounts[]> {
	const pieces = sumsWithin(filter, whose);
	const rows = await db()
		.select({ id: pieces[by], month: pieces.month, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces[by], pieces.month);
	const known = new Map(rows.map((row) => [`${row.id} ${row.month}`, countsOf(row)]));
	const months = monthsOf(filter);
	return (id) => months.map((month) => ({ month, counts: known.get(`${id} ${month}`) ?? [0, 0, 0, 0, 0] }));
}

/**
 * The trend of each officer of the comparison over the twelve months up to the period's last day, by id. The actor's
 * own person is left out as in the comparison.
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function officerTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, Trend>> {
	const unitIds = await managedIds(actor, query);
	const { minimum, priorWeight: weight } = await ratingMethod();
	const filter = { ...trendPeriod(query), service: query.service };
	const officers = await officerCounts(unitIds, filter, actor.officerId);
	if (officers.length === 0) return {};
	const priors = await priorsOf(unitIds, officers, filter, actor.officerId);
	const ids = officers.map(({ id }) => id);
	const monthsOfOfficer = await countsByMonth(filter, 'officerId', (table) => inArray(table.officerId, ids));
	return Object.fromEntries(
		officers.map(({ id, unitId }) => {
			const months = monthsOfOfficer(id).map(({ counts }) => counts);
			return [id, trendOf(months, { prior: priors.get(unitId) ?? UNIFORM, weight, minimum })];
		})
	);
}

/**
 * The plain mean of each unit in each of the twelve months up to the period's last day, by unit id; null in a month
 * with fewer ratings than the minimum.
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function unitTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, (number | null)[]>> {
	const unitIds = await managedIds(actor, query);
	const { minimum } = await ratingMethod();
	const monthsOfUnit = await countsByMonth({ ...trendPeriod(query), service: query.service }, 'unitId', (table) =>
		and(inArray(table.unitId, unitIds), notOfOwn(actor, table))
	);
	return Object.fromEntries(
		unitIds.map((id) => [id, monthsOfUnit(id).map(({ counts }) => plainRange(counts, minimum)?.mean ?? null)])
	);
}
