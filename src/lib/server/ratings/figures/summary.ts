import { and, asc, between, count, eq, inArray, sql } from 'drizzle-orm';
import { plainRange, type Range } from '#lib/ratings/breakdown.ts';
import { ratingsIn, type Counts } from '#lib/ratings/statistics.ts';
import type { Responses } from '#lib/visits/response.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedUnit, unitIdsOf } from '../managed-unit.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { ratingMethod } from './method.ts';
import { notOfOwn } from '../own-left-out.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';
import { visitsByUnit } from './visit-counts.ts';

/** The figures of one or several units for a period. */
export interface Summary extends Responses {
	/** Counted ratings, those without an officer included. */
	n: number;
	/** The plain mean of the scores and how sure it is; null below the minimum, where it would be single people's scores. */
	range: Range | null;
	distribution: Counts;
	verified: number;
	held: number;
	voided: number;
}

export interface UnitSummary extends Summary {
	unit: { id: string; code: string; slug: string; name: string };
}

/**
 * The figures of a unit, and with `scope` tree of each unit below it, for a period. An actor who is rated there too finds
 * the own ratings left out (`notOfOwn`).
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function ratingSummary(actor: Actor, query: LeaderboardQuery): Promise<UnitSummary[]> {
	return unitSummaries(actor, await unitIdsOf(await managedUnit(actor, query.unit), query.scope ?? 'own'), query);
}

/** The same of units whose figures somebody may have; `reader` is whose own ratings are left out. */
export async function unitSummaries(
	reader: Pick<Actor, 'officerId'>,
	unitIds: string[],
	query: RatingFilter
): Promise<UnitSummary[]> {
	const pieces = sumsWithin(query, (table) => and(inArray(table.unitId, unitIds), notOfOwn(reader, table)));
	const rows = await db()
		.select({ id: units.id, code: units.code, slug: units.slug, name: units.name, ...totals(pieces) })
		.from(units)
		.leftJoin(pieces, eq(pieces.unitId, units.id))
		.where(inArray(units.id, unitIds))
		.groupBy(units.id)
		.orderBy(asc(units.code));
	const invited = await visitsByUnit(reader, unitIds, query);
	const aside = await setAsideCounts(reader, unitIds, query);
	const { minimum } = await ratingMethod();
	return rows.map((row) => {
		const distribution = countsOf(row);
		return {
			unit: { id: row.id, code: row.code, slug: row.slug, name: row.name },
			n: ratingsIn(distribution),
			range: plainRange(distribution, minimum),
			distribution,
			verified: row.verified,
			...invited(row.id),
			held: aside.get(`${row.id} held`) ?? 0,
			voided: aside.get(`${row.id} voided`) ?? 0
		};
	});
}

/** The units together. @param minimum how many ratings a mean needs */
export function addedUp(rows: readonly UnitSummary[], minimum: number): Summary {
	const sum = (of: (row: UnitSummary) => number) => rows.reduce((total, row) => total + of(row), 0);
	const at = (score: number) => sum(({ distribution }) => distribution[score] ?? 0);
	const distribution: Counts = [at(0), at(1), at(2), at(3), at(4)];
	return {
		n: ratingsIn(distribution),
		range: plainRange(distribution, minimum),
		distribution,
		verified: sum((row) => row.verified),
		visits: sum((row) => row.visits),
		// At least so many: the same day at two offices is one day.
		visitDays: Math.max(0, ...rows.map((row) => row.visitDays)),
		answered: sum((row) => row.answered),
		held: sum((row) => row.held),
		voided: sum((row) => row.voided)
	};
}

async function setAsideCounts(
	reader: Pick<Actor, 'officerId'>,
	unitIds: string[],
	query: RatingFilter
): Promise<Map<string, number>> {
	const rows = await db()
		.select({ unitId: ratings.unitId, state: ratings.state, n: count() })
		.from(ratings)
		.where(
			and(
				// As a literal, for the index of those set aside to be recognised.
				sql`${ratings.state} <> 'counted'`,
				inArray(ratings.unitId, unitIds),
				notOfOwn(reader, ratings),
				between(ratings.day, query.from, query.to),
				query.service === undefined ? undefined : eq(ratings.service, query.service)
			)
		)
		.groupBy(ratings.unitId, ratings.state);
	return new Map(rows.map((row) => [`${row.unitId} ${row.state}`, row.n]));
}
