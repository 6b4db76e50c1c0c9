import type { Range } from '#lib/ratings/breakdown.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { managedUnit, unitIdsOf } from '../managed-unit.ts';
import { ratingMethod } from './method.ts';
import { worksIn } from '../own-left-out.ts';
import { addedUp, ratingSummary, type Summary, type UnitSummary } from './summary.ts';
import { unitTrends } from './trends.ts';

/** One unit among others, with the range of its plain mean in the period before too (null below the minimum). */
export interface UnitAmongOthers extends UnitSummary {
	before: Range | null;
	trend: (number | null)[];
}

export interface SideBySide {
	minimum: number;
	/** By code: no ranking, for every office serves other visitors. */
	units: UnitAmongOthers[];
	together: Summary;
	/** The actor works in one of them as an officer; the own ratings are left out of everything. */
	ownLeftOut: boolean;
}

/**
 * A unit and all units below it side by side.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function unitsSideBySide(actor: Actor, query: Omit<LeaderboardQuery, 'scope'>): Promise<SideBySide> {
	const asked = { ...query, scope: 'tree' as const };
	const { minimum } = await ratingMethod();
	const now = await ratingSummary(actor, asked);
	const past = await ratingSummary(actor, { ...asked, ...pastPeriods(query).before });
	const trends = await unitTrends(actor, asked);
	const before = new Map(past.map(({ unit, range }) => [unit.id, range]));
	return {
		minimum,
		units: now.map((row) => ({
			...row,
			before: before.get(row.unit.id) ?? null,
			trend: trends[row.unit.id] ?? []
		})),
		together: addedUp(now, minimum),
		ownLeftOut: await worksIn(actor, await unitIdsOf(await managedUnit(actor, query.unit), 'tree'))
	};
}
