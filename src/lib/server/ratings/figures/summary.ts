import { and, asc, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import { ratingsIn, sumCounts } from '#lib/ratings/adjusted-score.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, exceptReader, worksIn, type Reader } from '../access.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';
import { unitTrends } from './trends.ts';
import { visitsByUnit } from './visit-counts.ts';

type UnitSummary = Awaited<ReturnType<typeof unitSummaries>>[number];
export type Summary = Omit<UnitSummary, 'unit'>;

/**
 * Returns the figures of a unit for a period, and with `scope` tree those of each unit below it. The actor's own
 * ratings are excluded (`exceptReader`).
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function ratingSummary(actor: Actor, query: LeaderboardQuery): Promise<UnitSummary[]> {
	return unitSummaries(actor, await managedIds(actor, query), query);
}

/** Returns the figures of units whose figures the reader may see, without checking that access. */
export async function unitSummaries(reader: Reader, unitIds: string[], query: RatingFilter) {
	const pieces = sumsWithin(query, (table) => and(inArray(table.unitId, unitIds), exceptReader(reader, table)));
	const rows = await db()
		.select({ unit: { id: units.id, code: units.code, slug: units.slug, name: units.name }, ...totals(pieces) })
		.from(units)
		.leftJoin(pieces, eq(pieces.unitId, units.id))
		.where(inArray(units.id, unitIds))
		.groupBy(units.id)
		.orderBy(asc(units.code));
	const invited = await visitsByUnit(reader, unitIds, query);
	const setAside = await setAsideCounts(unitIds, query, exceptReader(reader, ratings));
	const { minimum } = await ratingMethod();
	return rows.map(({ unit, ...row }) => {
		const distribution = countsOf(row);
		return {
			unit,
			/** Counted ratings, including those without an officer. */
			n: ratingsIn(distribution),
			/** The plain mean with its interval; null below the minimum, where it would reveal single scores. */
			range: plainRange(distribution, minimum),
			distribution,
			verified: row.verified,
			...invited(unit.id),
			...setAside(unit.id)
		};
	});
}

/** Counts held and voided ratings given at these units. The result takes a unit, or none for all. */
export async function setAsideCounts(
	unitIds: readonly string[],
	{ from, to, service }: RatingFilter,
	which: SQL | undefined
): Promise<(unitId?: string) => { held: number; voided: number }> {
	const rows = await db()
		.select({ unitId: ratings.unitId, state: ratings.state, n: count() })
		.from(ratings)
		.where(
			and(
				// A literal, so that the planner uses the index of the ratings that do not count.
				sql`${ratings.state} <> 'counted'`,
				inArray(ratings.unitId, [...unitIds]),
				which,
				between(ratings.day, from, to),
				service === undefined ? undefined : eq(ratings.service, service)
			)
		)
		.groupBy(ratings.unitId, ratings.state);
	return (unitId) => {
		const of = (state: string) =>
			rows
				.filter((row) => row.state === state && (unitId === undefined || row.unitId === unitId))
				.reduce((sum, { n }) => sum + n, 0);
		return { held: of('held'), voided: of('voided') };
	};
}

/** Sums the figures of several units. @param minimum number of ratings that a mean requires */
export function addedUp(rows: readonly UnitSummary[], minimum: number) {
	const sum = (of: (row: UnitSummary) => number) => rows.reduce((total, row) => total + of(row), 0);
	const distribution = sumCounts(rows.map((row) => row.distribution));
	return {
		n: ratingsIn(distribution),
		range: plainRange(distribution, minimum),
		distribution,
		verified: sum((row) => row.verified),
		visits: sum((row) => row.visits),
		// A lower limit: one date at two offices may be the same day.
		visitDays: Math.max(0, ...rows.map((row) => row.visitDays)),
		answered: sum((row) => row.answered),
		held: sum((row) => row.held),
		voided: sum((row) => row.voided)
	};
}

/**
 * Compares a unit with all units below it, ordered by code and without ranks, because every office has other visitors.
 * `before`: range of the plain mean in the previous period, null below the minimum. `ownLeftOut`: the actor is an
 * officer of one of the units, whose ratings are excluded from all figures.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function unitsSideBySide(actor: Actor, query: Omit<LeaderboardQuery, 'scope'>) {
	const treeQuery = { ...query, scope: 'tree' as const };
	const { minimum } = await ratingMethod();
	const now = await ratingSummary(actor, treeQuery);
	const past = await ratingSummary(actor, { ...treeQuery, ...pastPeriods(query).before });
	const trends = await unitTrends(actor, treeQuery);
	const ids = now.map(({ unit }) => unit.id);
	const rows = now.map((row, nth) => ({ ...row, before: past[nth]?.range ?? null, trend: trends[row.unit.id] ?? [] }));
	return { minimum, units: rows, together: addedUp(now, minimum), ownLeftOut: await worksIn(actor, ids) };
}
