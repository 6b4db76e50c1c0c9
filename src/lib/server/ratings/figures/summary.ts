import { and, asc, between, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { withoutFewVisits } from '#lib/visits/response-rate.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import { ratingsIn, sumCounts } from '#lib/ratings/adjusted-score.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { managedIds, exceptReader, worksIn, type FiguresReader } from '../access.ts';
import type { LeaderboardQuery } from './compare-officers.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';
import { unitTrends } from './trends.ts';
import { visitsByUnit } from './visit-counts.ts';

type UnitSummary = Awaited<ReturnType<typeof unitSummaries>>[number];
export type Summary = Omit<UnitSummary, 'unit'>;

/**
 * Returns the figures of a unit for a period, and with `scope` tree those of each unit below it. The actor's own
 * ratings are excluded (`exceptReader`). Rows may count few visits, which only `addedUp` may use (`withoutFewVisits`).
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function ratingSummary(actor: Actor, query: LeaderboardQuery): Promise<UnitSummary[]> {
	return unitSummaries(actor, await managedIds(actor, query), query);
}

/** Returns the figures of units whose figures the reader may see, without checking that access. */
export async function unitSummaries(reader: FiguresReader, unitIds: readonly string[], query: RatingFilter) {
	const pieces = sumsWithin(query, (table) => and(inArray(table.unitId, [...unitIds]), exceptReader(reader, table)));
	const given = db()
		.select({ unitId: pieces.unitId, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces.unitId)
		.as('given');
	const invited = visitsByUnit(reader, unitIds, query);
	const setAside = setAsideByUnit(unitIds, query, exceptReader(reader, ratings));
	const orZero = (column: SQL.Aliased<number>) => sql<number>`coalesce(${column}, 0)`;
	const rows = await db()
		.select({
			unit: { id: units.id, code: units.code, slug: units.slug, name: units.name },
			scores: {
				c1: orZero(given.c1),
				c2: orZero(given.c2),
				c3: orZero(given.c3),
				c4: orZero(given.c4),
				c5: orZero(given.c5)
			},
			verified: orZero(given.verified),
			visits: orZero(invited.visits),
			visitDays: orZero(invited.visitDays),
			answered: orZero(invited.answered),
			held: orZero(setAside.held),
			voided: orZero(setAside.voided)
		})
		.from(units)
		.leftJoin(given, eq(given.unitId, units.id))
		.leftJoin(invited, sql`${invited.key} = ${units.id}`)
		.leftJoin(setAside, eq(setAside.unitId, units.id))
		.where(inArray(units.id, [...unitIds]))
		.orderBy(asc(units.code));
	const { minimum } = await ratingMethod();
	return rows.map(({ unit, scores, ...row }) => {
		const distribution = countsOf(scores);
		return {
			unit,
			/** Counted ratings, including those without an officer. */
			n: ratingsIn(distribution),
			/** The plain mean with its interval; null below the minimum, where it would reveal single scores. */
			range: plainRange(distribution, minimum),
			distribution,
			...row
		};
	});
}

/** Subquery that counts held and voided ratings given at these units, by unit id. */
function setAsideByUnit(unitIds: readonly string[], { from, to, service }: RatingFilter, which: SQL | undefined) {
	const ofState = (state: 'held' | 'voided') =>
		sql<number>`(count(*) filter (where ${ratings.state} = ${state}))::int`.as(state);
	return db()
		.select({ unitId: ratings.unitId, held: ofState('held'), voided: ofState('voided') })
		.from(ratings)
		.where(
			and(
				// A literal, so that the planner uses the index of the ratings that do not count.
				sql`${ratings.state} <> 'counted'`,
				inArray(ratings.unitId, [...unitIds]),
				notInTrial(ratings.unitId),
				which,
				between(ratings.day, from, to),
				service === undefined ? undefined : eq(ratings.service, service)
			)
		)
		.groupBy(ratings.unitId)
		.as('set_aside');
}

/** Counts held and voided ratings given at these units. */
export function setAsideCounts(...about: Parameters<typeof setAsideByUnit>) {
	const byUnit = setAsideByUnit(...about);
	return db()
		.select({
			held: sql<number>`coalesce(sum(${byUnit.held}), 0)::int`,
			voided: sql<number>`coalesce(sum(${byUnit.voided}), 0)::int`
		})
		.from(byUnit)
		.then(oneRow);
}

/** Sums the figures of several units. @param minimum number of ratings that a mean requires */
export function addedUp(rows: readonly UnitSummary[], minimum: number) {
	const sum = (of: (row: UnitSummary) => number) => rows.reduce((total, row) => total + of(row), 0);
	const distribution = sumCounts(rows.map((row) => row.distribution));
	return withoutFewVisits({
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
	});
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
	const [now, past, trends] = await Promise.all([
		ratingSummary(actor, treeQuery),
		ratingSummary(actor, { ...treeQuery, ...pastPeriods(query).before }),
		unitTrends(actor, treeQuery)
	]);
	const ids = now.map(({ unit }) => unit.id);
	const rows = now.map((row, nth) => ({
		...withoutFewVisits(row),
		before: past[nth]?.range ?? null,
		trend: trends[row.unit.id] ?? []
	}));
	return { minimum, units: rows, together: addedUp(now, minimum), ownLeftOut: await worksIn(actor, ids) };
}
