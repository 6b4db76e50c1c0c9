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
 * Compares a unit's officers (with `scope` tree: of the units below it too) by the counted ratings of a period, wherever they were
 * given. Each officer is measured by the prior of the own unit, so that strict visitors do not pull an office's officers down.
 *
 * An actor who is one of the officers is left out entirely, also of priors and ranks, which would reveal single ratings of two
 * periods that differ by a day. The own figures are in `ownRatings`.
 *
 * @returns the answer of `GET leaderboard`, unrounded; `listed`: number of officers with a rank; `ownLeftOut`: the actor is one of
 * the officers
 * @throws NotFound and NotAllowed as `managedUnit`
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
 * Counted ratings of the officers of these units, wherever they were given. Active officers are included without ratings too.
 *
 * @param except the reader's own officer, who is left out entirely
 */
export async function officerCounts(unitIds: readonly string[], filter: RatingFilter, except: string | null) {
	if (unitIds.length === 0) return [];
	const asked = and(inArray(officers.unitId, [...unitIds]), except === null ? undefined : ne(officers.id, except));
	const theirs = db().select({ id: officers.id }).from(officers).where(asked);
	const pieces = sumsWithin(filter, (table) => inArray(table.officerId, theirs));
	const rows = await db()
		.select({ officer: officers, ...totals(pieces) })
		.from(officers)
		.leftJoin(pieces, eq(pieces.officerId, officers.id))
		.where(asked)
		.groupBy(officers.id)
		.orderBy(asc(officers.id));
	return rows
		.map(({ officer, ...row }) => ({ ...officer, counts: countsOf(row), verified: row.verified }))
		.filter((officer) => officer.active || isRated(officer))
		.map(({ id, name, unitId, counts, verified }) => ({ id, name, unitId, counts, verified }));
}

/**
 * Computes the prior of each unit in `known`: from its own officers; if fewer than two of them were rated, from the parent with
 * all its units; without a parent, uniform.
 */
export async function priorsOf(
	unitIds: readonly string[],
	known: Awaited<ReturnType<typeof officerCounts>>,
	filter: RatingFilter,
	except: string | null
): Promise<Map<string, Shares>> {
	const own = Map.groupBy(known, (officer) => officer.unitId);
	const countsIn = (id: string) => (own.get(id) ?? []).map(({ counts }) => counts);
	const lone = unitIds.filter((id) => (own.get(id) ?? []).filter(isRated).length < 2);
	const rows = await db()
		.select({ id: units.id, parentId: units.parentId })
		.from(units)
		.where(and(inArray(units.id, lone), isNotNull(units.parentId)));
	const parents = new Map(rows.map(({ id, parentId }) => [id, parentId ?? '']));
	const wider = new Map<string, Counts[]>();
	for (const parentId of new Set(parents.values())) {
		const below = await officerCounts(await withUnitsBelow(db(), [parentId]), filter, except);
		const counts = below.map((officer) => officer.counts);
		wider.set(parentId, counts);
	}
	return new Map(unitIds.map((id) => [id, priorFor(countsIn(id), wider.get(parents.get(id) ?? '') ?? [])]));
}
