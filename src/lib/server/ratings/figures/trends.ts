import { and, inArray, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { monthsOf } from '#lib/ratings/period.ts';
import { UNIFORM, type Counts } from '#lib/ratings/adjusted-score.ts';
import { trendOf, trendPeriod, type Trend } from '#lib/ratings/trend.ts';
import { db } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, exceptReader } from '../access.ts';
import { officerCounts, priorsOf, type LeaderboardQuery } from './leaderboard.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';

export interface MonthCounts {
	/** The first day of the month. */
	month: LocalDate;
	counts: Counts;
}

/**
 * Counts ratings by month for each unit or each officer (null: ratings without an officer), including empty months. If
 * the period contains only part of its first or last month, only that part is counted.
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
 * Returns the trend of each officer in the comparison over the twelve months up to the period's last day, by officer
 * id. The actor's own trend is excluded.
 * @throws NotFound and NotAllowed as `managedUnit` does
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
 * Returns each unit's plain mean for each of the twelve months up to the period's last day, by unit id. A month below
 * the minimum number of ratings has null.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function unitTrends(actor: Actor, query: LeaderboardQuery): Promise<Record<string, (number | null)[]>> {
	const unitIds = await managedIds(actor, query);
	const { minimum } = await ratingMethod();
	const monthsOfUnit = await countsByMonth({ ...trendPeriod(query), service: query.service }, 'unitId', (table) =>
		and(inArray(table.unitId, unitIds), exceptReader(actor, table))
	);
	return Object.fromEntries(
		unitIds.map((id) => [id, monthsOfUnit(id).map(({ counts }) => plainRange(counts, minimum)?.mean ?? null)])
	);
}
