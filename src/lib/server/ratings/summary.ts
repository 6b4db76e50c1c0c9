import { and, asc, between, count, eq, inArray, sql } from 'drizzle-orm';
import type { Counts } from '../../ratings/statistics.ts';
import { db } from '../db/index.ts';
import { ratingDaily, ratings, visits } from '../db/schema/ratings.ts';
import { units } from '../db/schema/units.ts';
import type { Actor } from '../people/actor.ts';
import { managedUnit, unitIdsOf } from './managed-unit.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { countsOf, dailySums, within } from './officer-counts.ts';

export interface UnitSummary {
	unit: { id: string; code: string; slug: string; name: string };
	/** Counted ratings, those without an officer included. */
	n: number;
	/** The plain mean of the scores; null without any. */
	mean: number | null;
	distribution: Counts;
	verified: number;
	/** Visits noted in the period, and how many of their links were used: the response rate. */
	visits: number;
	answered: number;
	held: number;
	voided: number;
}

/**
 * The figures of a unit, and with `scope` tree of each unit below it, for a period.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function ratingSummary(actor: Actor, query: LeaderboardQuery): Promise<UnitSummary[]> {
	const unitIds = await unitIdsOf(await managedUnit(actor, query.unit), query.scope ?? 'own');
	const rows = await db()
		.select({ id: units.id, code: units.code, slug: units.slug, name: units.name, ...dailySums })
		.from(units)
		.leftJoin(ratingDaily, and(eq(ratingDaily.unitId, units.id), within(query)))
		.where(inArray(units.id, unitIds))
		.groupBy(units.id, units.code, units.slug, units.name)
		.orderBy(asc(units.code));
	const invited = await visitCounts(unitIds, query);
	const aside = await setAsideCounts(unitIds, query);
	return rows.map((row) => {
		const distribution = countsOf(row);
		const n = distribution.reduce((sum, each) => sum + each, 0);
		const points = distribution.reduce((sum, each, index) => sum + each * (index + 1), 0);
		return {
			unit: { id: row.id, code: row.code, slug: row.slug, name: row.name },
			n,
			mean: n > 0 ? points / n : null,
			distribution,
			verified: row.verified,
			visits: invited.get(row.id)?.visits ?? 0,
			answered: invited.get(row.id)?.answered ?? 0,
			held: aside.get(`${row.id} held`) ?? 0,
			voided: aside.get(`${row.id} voided`) ?? 0
		};
	});
}

async function visitCounts(unitIds: string[], query: LeaderboardQuery) {
	const rows = await db()
		.select({ unitId: visits.unitId, visits: count(), answered: count(visits.usedOn) })
		.from(visits)
		.where(
			and(
				inArray(visits.unitId, unitIds),
				between(visits.day, query.from, query.to),
				query.service === undefined ? undefined : eq(visits.service, query.service)
			)
		)
		.groupBy(visits.unitId);
	return new Map(rows.map((row) => [row.unitId, row]));
}

async function setAsideCounts(unitIds: string[], query: LeaderboardQuery): Promise<Map<string, number>> {
	const rows = await db()
		.select({ unitId: ratings.unitId, state: ratings.state, n: count() })
		.from(ratings)
		.where(
			and(
				// As a literal, for the index of those set aside to be recognised.
				sql`${ratings.state} <> 'counted'`,
				inArray(ratings.unitId, unitIds),
				between(ratings.day, query.from, query.to),
				query.service === undefined ? undefined : eq(ratings.service, query.service)
			)
		)
		.groupBy(ratings.unitId, ratings.state);
	return new Map(rows.map((row) => [`${row.unitId} ${row.state}`, row.n]));
}
