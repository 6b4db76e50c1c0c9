import { and, asc, eq, inArray, type SQL } from 'drizzle-orm';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { aspectsOf, plainMean, plainRange, sourcesOf } from '#lib/ratings/breakdown.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import type { Period } from '#lib/ratings/period.ts';
import { posterior, ratingsIn, UNIFORM } from '#lib/ratings/adjusted-score.ts';
import { chartPeriod } from '#lib/ratings/trend.ts';
import { withoutFewVisits } from '#lib/visits/response-rate.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	managedOfficer,
	managedUnit,
	exceptReader,
	worksIn,
	type ManagedOfficer,
	type ManagedUnit
} from '../access.ts';
import { countOfficers, ranked, type CountedOfficers, type LeaderboardQuery } from './compare-officers.ts';
import { ratingMethod } from './method.ts';
import { ratingSummary, setAsideCounts } from './summary.ts';
import { countsOf, sumsByService, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';
import { countsByMonth, officerTrends, trendFilter } from './trends.ts';
import { visitsByMonth, visitsOfOfficers } from './visit-counts.ts';

/**
 * Returns the figures of one unit from the counted ratings given there: the period beside the previous period and the
 * same period a year ago, by month, and by aspect, service and source.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function unitFigures(actor: Actor, query: Omit<LeaderboardQuery, 'scope'>) {
	const unit = await managedUnit(actor, query.unit);
	const { minimum } = await ratingMethod();
	const past = pastPeriods(query);
	const during = async (period: Period) => {
		const [row] = await ratingSummary(actor, { unit: unit.code, service: query.service, ...period });
		if (!row) throw new Error(`the summary query returned no row for unit ${unit.code}`);
		const { unit: _unit, ...summary } = row;
		return { period: { from: period.from, to: period.to }, ...withoutFewVisits(summary) };
	};
	const [breakdown, now, before, yearAgo, months] = await Promise.all([
		breakdownOf(query, (table) => and(eq(table.unitId, unit.id), exceptReader(actor, table)), minimum),
		during(query),
		during(past.before),
		past.yearAgo && during(past.yearAgo),
		monthsOfUnit(actor, unit, query, minimum)
	]);
	return {
		...breakdown,
		unit,
		minimum,
		now,
		before,
		// Included if it is another period than the previous one.
		...(yearAgo ? { yearAgo } : {}),
		months,
		/** The actor is an officer of this unit, so the actor's own ratings are excluded from all figures. */
		ownLeftOut: await worksIn(actor, [unit.id])
	};
}

async function monthsOfUnit(actor: Actor, unit: ManagedUnit, query: Omit<LeaderboardQuery, 'scope'>, minimum: number) {
	const shown = { ...chartPeriod(query), service: query.service };
	const [counted, invited] = await Promise.all([
		countsByMonth(shown, (table) => and(eq(table.unitId, unit.id), exceptReader(actor, table))),
		visitsByMonth(actor, unit.id, shown)
	]);
	return counted(unit.id).map(({ month, counts }) => ({
		month,
		counts,
		n: ratingsIn(counts),
		range: plainRange(counts, minimum),
		...invited(month)
	}));
}

/**
 * Returns an officer's figures for a period from the counted ratings at any unit, as in the comparison of the officer's
 * unit. Numbers are unrounded.
 * @throws NotFound for an officer of a unit the actor does not manage, and for the actor's own officer record
 */
export async function officerFigures(actor: Actor, id: string, filter: RatingFilter) {
	const officer = await managedOfficer(actor, id);
	const query = { ...filter, unit: officer.unit.code };
	const chart = { ...chartPeriod(filter), service: filter.service, monthly: true };
	const method = await ratingMethod();
	const { minimum, priorWeight: weight } = method;
	const [[during, charted, latest], [unit], breakdown, visits, setAside, within] = await Promise.all([
		countOfficers([officer.unit.id], [filter, chart, trendFilter(filter)], actor.officerId),
		ratingSummary(actor, query),
		breakdownOf(filter, (table) => eq(table.officerId, id), minimum),
		visitsOfOfficers([id], filter),
		setAsideCounts(actor.units.manager, filter, eq(ratings.officerId, id)),
		countedWithin(actor, id, filter)
	]);
	const board = ranked(during, method);
	const item = board.items.find((row) => row.officer.id === id);
	return {
		...breakdown,
		officer,
		method: { minimum, weight },
		/** The officer's result in the unit's comparison; null below the minimum. */
		standing: item
			? { mean: item.mean, low: item.low, high: item.high, rank: item.rank, listed: board.items.length }
			: null,
		/** The plain mean of the officer's unit; null below the minimum. */
		unitMean: unit?.range?.mean ?? null,
		/** Estimated score of each month; no range below the minimum. */
		months: monthsOfOfficer(charted, officer, { minimum, weight }),
		direction: officerTrends(latest, method)[id]?.direction ?? 'unknown',
		...visits(id),
		...setAside,
		/** Counted ratings given at units that the actor does not manage; the actor cannot list them. */
		elsewhere: breakdown.n - within
	};
}

function monthsOfOfficer(
	{ officers, priors }: CountedOfficers,
	{ id, unit }: ManagedOfficer,
	{ minimum, weight }: { minimum: number; weight: number }
) {
	const prior = priors.get(unit.id) ?? UNIFORM;
	const months = officers.find((officer) => officer.id === id)?.months ?? [];
	return months.map(({ month, counts }) => {
		const n = ratingsIn(counts);
		const { mean, low, high } = posterior(counts, { prior, weight });
		return { month, counts, n, range: n >= minimum ? { mean, low, high } : null };
	});
}

/** Counts the officer's counted ratings at units that the actor manages. */
async function countedWithin(actor: Actor, id: string, filter: RatingFilter): Promise<number> {
	const pieces = sumsWithin(filter, (table) =>
		and(eq(table.officerId, id), inArray(table.unitId, [...actor.units.manager]))
	);
	return ratingsIn(countsOf(await db().select(totals(pieces)).from(pieces).then(oneRow)));
}

export type Breakdown = Awaited<ReturnType<typeof breakdownOf>>;

/** Counted ratings by aspect, service and source. @param minimum number of ratings that a mean requires */
async function breakdownOf(filter: RatingFilter, whose: (table: SumsTable) => SQL | undefined, minimum: number) {
	const pieces = sumsWithin(filter, whose);
	const figures = await db().select(totals(pieces)).from(pieces).then(oneRow);
	const distribution = countsOf(figures);
	return {
		n: ratingsIn(distribution),
		distribution,
		verified: figures.verified,
		aspects: aspectsOf(figures, minimum),
		services: await servicesOf(filter, whose, minimum),
		sources: sourcesOf(figures)
	};
}

/** Services with most ratings first. `service` is null for ratings without one; `mean` is null below the minimum. */
async function servicesOf(filter: RatingFilter, whose: (table: SumsTable) => SQL | undefined, minimum: number) {
	const pieces = sumsByService(filter, whose);
	const rows = await db()
		.select({ service: pieces.service, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces.service)
		.orderBy(asc(pieces.service));
	return rows
		.map((row) => {
			const distribution = countsOf(row);
			const n = ratingsIn(distribution);
			const mean = n >= minimum ? plainMean(distribution) : null;
			return { service: row.service as ServiceKind | null, n, mean, distribution };
		})
		.filter(({ n }) => n > 0)
		.sort((a, b) => b.n - a.n);
}
