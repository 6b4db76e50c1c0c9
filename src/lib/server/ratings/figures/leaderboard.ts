import { and, asc, eq, inArray, isNotNull, ne } from 'drizzle-orm';
import { compare, priorFor, UNIFORM, type Counts, type Shares } from '#lib/ratings/adjusted-score.ts';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';
import { managedIds, worksIn, type UnitScope } from '../access.ts';
import { ratingMethod } from './method.ts';
import { countsOf, sumsWithin, totals, type RatingFilter } from './sums.ts';

export interface LeaderboardQuery extends RatingFilter {
	/** Code or slug. */
	unit: string;
	scope?: UnitScope;
}

/**
 * Compares a unit's officers, and with `scope` tree also those of the units below it, by their counted ratings of a
 * period at any unit. The prior comes from the officer's own unit, so that strict visitors do not lower all scores of
 * an office.
 * An actor who is one of the officers is excluded entirely, also from priors and ranks. Otherwise two periods one day
 * apart would reveal single ratings. `ownRatings` shows the actor their own figures.
 * @returns the response of `GET leaderboard`, unrounded. `listed`: number of officers with a rank. `ownLeftOut`: the
 * actor is one of the officers.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function leaderboard(actor: Actor, query: LeaderboardQuery) {
	const unitIds = await managedIds(actor, query);
	const { minimum, priorWeight } = await ratingMethod();
	const officers = await officerCounts(unitIds, query, actor.officerId);
	const priors = await priorsOf(unitIds, officers, query, actor.officerId);
	const { items, insufficient } = compare(
		officers.map((officer) => ({ ...officer, prior: priors.get(officer.unitId) })),
		{ prior: UNIFORM, weight: priorWeight, minimum }
	);
	return {
		method: { minimum, prior_weight: priorWeight },
		listed: items.length,
		items: items.map(({ verifiedShare, ...item }) => ({ ...item, verified_share: verifiedShare })),
		insufficient,
		ownLeftOut: await worksIn(actor, unitIds)
	};
}

const isRated = ({ counts }: { counts: Counts }) => counts.some((count) => count > 0);

/**
 * Counts the counted ratings of these units' officers, at any unit. Active officers without ratings are included.
 * @param except the reader's own officer id, which is excluded
 */
export async function officerCounts(unitIds: readonly string[], filter: RatingFilter, except: string | null) {
	if (unitIds.length === 0) return [];
	const matching = and(inArray(officers.unitId, [...unitIds]), except === null ? undefined : ne(officers.id, except));
	const officerIds = db().select({ id: officers.id }).from(officers).where(matching);
	const pieces = sumsWithin(filter, (table) => inArray(table.officerId, officerIds));
	const rows = await db()
		.select({ officer: officers, ...totals(pieces) })
		.from(officers)
		.leftJoin(pieces, eq(pieces.officerId, officers.id))
		.where(matching)
		.groupBy(officers.id)
		.orderBy(asc(officers.id));
	return rows
		.map(({ officer, ...row }) => ({ ...officer, counts: countsOf(row), verified: row.verified }))
		.filter((officer) => officer.active || isRated(officer))
		.map(({ id, name, unitId, counts, verified }) => ({ id, name, unitId, counts, verified }));
}

/**
 * Computes the prior of each unit. It comes from the unit's own officers; if fewer than two of them were rated, from
 * the parent with all units below it; without a parent it is uniform.
 * @param known the officers of the units, from `officerCounts`
 */
export async function priorsOf(
	unitIds: readonly string[],
	known: Awaited<ReturnType<typeof officerCounts>>,
	filter: RatingFilter,
	except: string | null
): Promise<Map<string, Shares>> {
	const own = Map.groupBy(known, (officer) => officer.unitId);
	const countsIn = (id: string) => (own.get(id) ?? []).map(({ counts }) => counts);
	const fewRated = unitIds.filter((id) => (own.get(id) ?? []).filter(isRated).length < 2);
	const rows = await db()
		.select({ id: units.id, parentId: units.parentId })
		.from(units)
		.where(and(inArray(units.id, fewRated), isNotNull(units.parentId)));
	const parents = new Map(rows.map(({ id, parentId }) => [id, parentId ?? '']));
	const wider = new Map<string, Counts[]>();
	for (const parentId of new Set(parents.values())) {
		const below = await officerCounts(await withUnitsBelow([parentId]), filter, except);
		const counts = below.map((officer) => officer.counts);
		wider.set(parentId, counts);
	}
	return new Map(unitIds.map((id) => [id, priorFor(countsIn(id), wider.get(parents.get(id) ?? '') ?? [])]));
}
