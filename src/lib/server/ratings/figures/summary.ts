import { and, asc, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { plainRange } from '#lib/ratings/breakdown.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import { ratingsIn, sumCounts } from '#lib/ratings/adjusted-score.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, notOfOwn, worksIn, type Reader } from '../access.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';
import { unitTrends } from './trends.ts';
import { visitsByUnit } from './visit-counts.ts';

type UnitSummary = Awaited<ReturnType<typeof unitSummaries>>[number];
export type Summary = Omit<UnitSummary, 'unit'>;

/**
 * The figures of a unit, and with `scope` tree of each unit below it, for a period, without ratings of the actor's own
 * person (`notOfOwn`).
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function ratingSummary(actor: Actor, query: LeaderboardQuery): Promise<UnitSummary[]> {
	return unitSummaries(actor, await managedIds(actor, query), query);
}

/** The same for units whose figures the reader may see. */
export async function unitSummaries(reader: Reader, unitIds: string[], query: RatingFilter) {
	const pieces = sumsWithin(query, (table) => and(inArray(table.unitId, unitIds), notOfOwn(reader, table)));
	const rows = await db()
		.select({ unit: { id: units.id, code: units.code, slug: units.slug, name: units.name }, ...totals(pieces) })
		.from(units)
		.leftJoin(pieces, eq(pieces.unitId, units.id))
		.where(inArray(units.id, unitIds))
		.groupBy(units.id)
		.orderBy(asc(units.code));
	const invited = await visitsByUnit(reader, unitIds, query);
	const aside = await setAsideCounts(unitIds, query, notOfOwn(reader, ratings));
	const { minimum } = await ratingMethod();
	return rows.map(({ unit, ...row }) => {
		const distribution = countsOf(row);
		return {
			unit,
			/** Counted ratings, including those without an officer. */
			n: ratingsIn(distribution),
			/** The plain mean with its interval; null below the minimum, where it would show the scores of single people. */
			range: plainRange(distribution, minimum),
			distribution,
			verified: row.verified,
			...invited(unit.id),
			...aside(unit.id)
		};
	});
}

/** Ratings given at these units that do not count, by unit, or of all these units together. */
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
				// A literal, so that the planner uses the index of the ratings that are set aside.
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

/** The units together. @param minimum how many ratings a mean needs */
export function addedUp(rows: readonly UnitSummary[], minimum: number) {
	const sum = (of: (row: UnitSummary) => number) => rows.reduce((total, row) => total + of(row), 0);
	const distribution = sumCounts(rows.map((row) => row.distribution));
	return {
		n: ratingsIn(distribution),
		range: plainRange(distribution, minimum),
		distribution,
		verified: sum((row) => row.verified),
		visits: sum((row) => row.visits),
		// A lower limit: the same day at two offices is one day.
		visitDays: Math.max(0, ...rows.map((row) => row.visitDays)),
		answered: sum((row) => row.answered),
		held: sum((row) => row.held),
		voided: sum((row) => row.voided)
	};
}

/**
 * A unit and all units below it side by side, by code and without ranks, because every office serves other visitors. `before`:
 * the range of the plain mean in the period before (null below the minimum).
 * `ownLeftOut`: the actor is an officer of one of them, whose ratings are left out of everything.
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function unitsSideBySide(actor: Actor, query: Omit<LeaderboardQuery, 'scope'>) {
	const asked = { ...query, scope: 'tree' as const };
	const { minimum } = await ratingMethod();
	const now = await ratingSummary(actor, asked);
	const past = await ratingSummary(actor, { ...asked, ...pastPeriods(query).before });
	const trends = await unitTrends(actor, asked);
	const ids = now.map(({ unit }) => unit.id);
	const rows = now.map((row, nth) => ({ ...row, before: past[nth]?.range ?? null, trend: trends[row.unit.id] ?? [] }));
	return { minimum, units: rows, together: addedUp(now, minimum), ownLeftOut: await worksIn(actor, ids) };
}
