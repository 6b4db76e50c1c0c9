import { and, eq } from 'drizzle-orm';
import { plainRange, type Range } from '#lib/ratings/breakdown.ts';
import { ratingsIn } from '#lib/ratings/statistics.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import type { Period } from '#lib/ratings/period.ts';
import { chartPeriod } from '#lib/ratings/trend.ts';
import type { Responses } from '#lib/visits/response.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { breakdownOf, type Breakdown } from './breakdown.ts';
import type { LeaderboardQuery } from './leaderboard.ts';
import { managedUnit, type ManagedUnit } from '../managed-unit.ts';
import { ratingMethod } from './method.ts';
import { countsByMonth, type MonthCounts } from './monthly.ts';
import { notOfOwn, worksIn } from '../own-left-out.ts';
import { ratingSummary, type UnitSummary } from './summary.ts';
import { visitsByMonth } from './visit-counts.ts';

/** One period of a unit. */
export interface UnitPeriod extends Omit<UnitSummary, 'unit'> {
	period: Period;
}

/** Everything about one unit's ratings, its own past first. Numbers are unrounded. */
export interface UnitFigures extends Breakdown {
	unit: ManagedUnit;
	minimum: number;
	now: UnitPeriod;
	before: UnitPeriod;
	/** Where it is another period than the one before. */
	yearAgo?: UnitPeriod;
	months: (MonthCounts & Responses & { n: number; range: Range | null })[];
	/** The actor works here as an officer; the own ratings are left out of everything. */
	ownLeftOut: boolean;
}

/**
 * The figures of one unit by the counted ratings given there: the period beside the one before and the same a year ago,
 * by month, and taken apart.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function unitFigures(actor: Actor, query: Omit<LeaderboardQuery, 'scope'>): Promise<UnitFigures> {
	const unit = await managedUnit(actor, query.unit);
	const { minimum } = await ratingMethod();
	const past = pastPeriods(query);
	const during = async (period: Period): Promise<UnitPeriod> => {
		const [row] = await ratingSummary(actor, { unit: unit.code, service: query.service, ...period });
		if (!row) throw new Error('a unit without a summary');
		const { unit: _unit, ...summary } = row;
		return { period: { from: period.from, to: period.to }, ...summary };
	};
	return {
		...(await breakdownOf(query, (table) => and(eq(table.unitId, unit.id), notOfOwn(actor, table)), minimum)),
		unit,
		minimum,
		now: await during(query),
		before: await during(past.before),
		...(past.yearAgo ? { yearAgo: await during(past.yearAgo) } : {}),
		months: await monthsOf(actor, unit, query, minimum),
		ownLeftOut: await worksIn(actor, [unit.id])
	};
}

async function monthsOf(
	actor: Actor,
	unit: ManagedUnit,
	query: Omit<LeaderboardQuery, 'scope'>,
	minimum: number
): Promise<UnitFigures['months']> {
	const shown = { ...chartPeriod(query), service: query.service };
	const counted = await countsByMonth(shown, 'unitId', (table) =>
		and(eq(table.unitId, unit.id), notOfOwn(actor, table))
	);
	const invited = await visitsByMonth(actor, unit.id, shown);
	return counted(unit.id).map(({ month, counts }) => ({
		month,
		counts,
		n: ratingsIn(counts),
		range: plainRange(counts, minimum),
		...invited(month)
	}));
}
