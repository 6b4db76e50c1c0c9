import { and, asc, eq, inArray, isNotNull, ne } from 'drizzle-orm';
import { priorFor, type Counts, type Shares } from '#lib/ratings/statistics.ts';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { withUnitsBelow } from '#lib/server/people/actor.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';

export interface OfficerCounts {
	id: string;
	name: string;
	unitId: string;
	counts: Counts;
	verified: number;
}

/**
 * Counted ratings of the officers of these units, wherever they were given; active officers stand here with none too.
 *
 * @param except an officer who is left out as if not there: the person who asks
 */
export async function officerCounts(
	unitIds: readonly string[],
	filter: RatingFilter,
	except: string | null
): Promise<OfficerCounts[]> {
	if (unitIds.length === 0) return [];
	const asked = and(inArray(officers.unitId, [...unitIds]), except === null ? undefined : ne(officers.id, except));
	const theirs = db().select({ id: officers.id }).from(officers).where(asked);
	const pieces = sumsWithin(filter, (table) => inArray(table.officerId, theirs));
	const rows = await db()
		.select({
			id: officers.id,
			name: officers.name,
			unitId: officers.unitId,
			active: officers.active,
			...totals(pieces)
		})
		.from(officers)
		.leftJoin(pieces, eq(pieces.officerId, officers.id))
		.where(asked)
		.groupBy(officers.id)
		.orderBy(asc(officers.id));
	return rows
		.map((row) => ({
			id: row.id,
			name: row.name,
			unitId: row.unitId,
			active: row.active,
			counts: countsOf(row),
			verified: row.verified
		}))
		.filter(({ active, counts }) => active || counts.some((count) => count > 0))
		.map(({ active: _active, ...officer }) => officer);
}

/**
 * Computes the prior of each unit in `known`: from its own officers; if fewer than two of them were rated, from the parent with
 * all its units; without a parent, uniform.
 */
export async function priorsOf(
	unitIds: readonly string[],
	known: readonly OfficerCounts[],
	filter: RatingFilter,
	except: string | null
): Promise<Map<string, Shares>> {
	const own = Map.groupBy(known, (officer) => officer.unitId);
	const lone = unitIds.filter((id) => ratedIn(own.get(id) ?? []) < 2);
	const parents = await parentsOf(lone);
	const wider = new Map<string, Counts[]>();
	for (const parentId of new Set(parents.values())) {
		const below = await officerCounts(await withUnitsBelow(db(), [parentId]), filter, except);
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
