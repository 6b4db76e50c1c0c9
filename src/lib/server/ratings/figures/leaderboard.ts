import { compare, UNIFORM, type Counts } from '#lib/ratings/statistics.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedUnit, unitIdsOf, type UnitScope } from '../managed-unit.ts';
import { ratingMethod } from './method.ts';
import { officerCounts, priorsOf } from './officer-counts.ts';
import { worksIn } from '../own-left-out.ts';
import type { RatingFilter } from './sums.ts';

export interface LeaderboardQuery extends RatingFilter {
	/** Code or slug. */
	unit: string;
	scope?: UnitScope;
}

/** The answer of `GET leaderboard` as it goes out, and what its page needs beside. Numbers are unrounded. */
export interface Leaderboard {
	method: { minimum: number; prior_weight: number };
	/** How many officers the ranks are counted among. */
	listed: number;
	items: {
		officer: { id: string; name: string };
		n: number;
		mean: number;
		low: number;
		high: number;
		rank: [from: number, to: number] | null;
		verified_share: number;
		distribution: Counts;
	}[];
	insufficient: { officer: { id: string; name: string }; n: number }[];
	/** The actor is one of these officers. */
	ownLeftOut: boolean;
}

/**
 * The comparison of a unit's officers (with `scope` tree: of the units below it too) by the counted ratings of a period,
 * wherever they were given. Each officer is measured by the prior of the own unit, so an office whose visitors are strict
 * does not pull its officers down.
 *
 * An actor who is one of the officers is left out as if not there, of priors and ranks too: with two periods a day apart
 * either would tell single ratings. The own figures are in `ownRatings`.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function leaderboard(actor: Actor, query: LeaderboardQuery): Promise<Leaderboard> {
	const unit = await managedUnit(actor, query.unit);
	const unitIds = await unitIdsOf(unit, query.scope ?? 'own');
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
