import { and, asc, between, eq, inArray, isNotNull, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { LocalDate } from '../../calendar/days.ts';
import { priorFor, type Counts, type Shares } from '../../ratings/statistics.ts';
import { db } from '../db/index.ts';
import { ratingDaily } from '../db/schema/ratings.ts';
import { officers, units } from '../db/schema/units.ts';
import { withUnitsBelow } from '../people/actor.ts';

/** Which counted ratings: inclusive days of the unit's zone, one service or all. */
export interface RatingFilter {
	from: LocalDate;
	to: LocalDate;
	service?: string;
}

export interface OfficerCounts {
	id: string;
	name: string;
	unitId: string;
	counts: Counts;
	verified: number;
}

const total = (column: PgColumn) => sql<number>`coalesce(sum(${column}), 0)::int`;

/** The sums of the five scores and of the verified ratings, for a query over the daily counts. */
export const dailySums = {
	c1: total(ratingDaily.c1),
	c2: total(ratingDaily.c2),
	c3: total(ratingDaily.c3),
	c4: total(ratingDaily.c4),
	c5: total(ratingDaily.c5),
	verified: total(ratingDaily.verified)
};

export function countsOf(row: Record<'c1' | 'c2' | 'c3' | 'c4' | 'c5', number>): Counts {
	return [row.c1, row.c2, row.c3, row.c4, row.c5];
}

/** The condition of a filter on the daily counts. */
export function within(filter: RatingFilter): SQL | undefined {
	return and(
		between(ratingDaily.day, filter.from, filter.to),
		filter.service === undefined ? undefined : eq(ratingDaily.service, filter.service)
	);
}

/** Counted ratings of the officers of these units, wherever they were given; active officers stand here with none too. */
export async function officerCounts(unitIds: readonly string[], filter: RatingFilter): Promise<OfficerCounts[]> {
	if (unitIds.length === 0) return [];
	const rows = await db()
		.select({ id: officers.id, name: officers.name, unitId: officers.unitId, ...dailySums })
		.from(officers)
		.leftJoin(ratingDaily, and(eq(ratingDaily.officerId, officers.id), within(filter)))
		.where(and(inArray(officers.unitId, [...unitIds]), or(eq(officers.active, true), isNotNull(ratingDaily.key))))
		.groupBy(officers.id, officers.name, officers.unitId)
		.orderBy(asc(officers.id));
	return rows.map((row) => ({
		id: row.id,
		name: row.name,
		unitId: row.unitId,
		counts: countsOf(row),
		verified: row.verified
	}));
}

/**
 * The prior of each unit in `known`: its own officers alone; where fewer than two of them were rated, those of the parent
 * with all its units; where there is none, uniform (product.md).
 */
export async function priorsOf(
	unitIds: readonly string[],
	known: readonly OfficerCounts[],
	filter: RatingFilter
): Promise<Map<string, Shares>> {
	const own = Map.groupBy(known, (officer) => officer.unitId);
	const lone = unitIds.filter((id) => ratedIn(own.get(id) ?? []) < 2);
	const parents = await parentsOf(lone);
	const wider = new Map<string, Counts[]>();
	for (const parentId of new Set(parents.values())) {
		const below = await officerCounts(await withUnitsBelow(db(), [parentId]), filter);
		wider.set(
			parentId,
			below.map((officer) => officer.counts)
		);
	}
	return new Map(
		unitIds.map((id) => {
			const mine = (own.get(id) ?? []).map((officer) => officer.counts);
			return [id, priorFor(mine, wider.get(parents.get(id) ?? '') ?? [])];
		})
	);
}

function ratedIn(list: readonly OfficerCounts[]): number {
	return list.filter((officer) => officer.counts.some((count) => count > 0)).length;
}

async function parentsOf(unitIds: readonly string[]): Promise<Map<string, string>> {
	if (unitIds.length === 0) return new Map();
	const rows = await db()
		.select({ id: units.id, parentId: units.parentId })
		.from(units)
		.where(and(inArray(units.id, [...unitIds]), isNotNull(units.parentId)));
	return new Map(rows.map((row) => [row.id, row.parentId ?? '']));
}
