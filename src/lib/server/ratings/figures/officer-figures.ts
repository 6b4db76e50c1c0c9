import { and, between, count, eq, inArray, sql } from 'drizzle-orm';
import type { Range } from '#lib/ratings/breakdown.ts';
import { posterior, ratingsIn, UNIFORM } from '#lib/ratings/statistics.ts';
import { chartPeriod, type Direction } from '#lib/ratings/trend.ts';
import type { Responses } from '#lib/visits/response.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { breakdownOf, type Breakdown } from './breakdown.ts';
import { leaderboard } from './leaderboard.ts';
import { managedOfficer, type ManagedOfficer } from '../managed-officer.ts';
import { countsByMonth, type MonthCounts } from './monthly.ts';
import { officerCounts, priorsOf } from './officer-counts.ts';
import { ratingSummary } from './summary.ts';
import type { RatingFilter } from './sums.ts';
import { officerTrends } from './trends.ts';
import { NO_VISITS, visitsByOfficer } from './visit-counts.ts';

/** Everything about one officer, for the managers of the officer's unit. Numbers are unrounded. */
export interface OfficerFigures extends Breakdown, Responses {
	officer: ManagedOfficer;
	method: { minimum: number; weight: number };
	/** The officer's place in the unit's comparison; null below the minimum. */
	standing: (Range & { rank: [from: number, to: number] | null; listed: number }) | null;
	/** The plain mean of the officer's unit; null below the minimum. */
	unitMean: number | null;
	/** Each month as the method estimates it; no range below the minimum. */
	months: (MonthCounts & { n: number; range: Range | null })[];
	direction: Direction;
	held: number;
	voided: number;
	/** Of the ratings counted here, those given at units that the actor does not manage: their list is not open. */
	elsewhere: number;
}

/**
 * The figures of an officer for a period, by the counted ratings wherever they were given, as in the comparison of the
 * officer's unit.
 *
 * @throws NotFound on an officer of a unit the actor does not manage, and on the actor's own person
 */
export async function officerFigures(actor: Actor, id: string, filter: RatingFilter): Promise<OfficerFigures> {
	const officer = await managedOfficer(actor, id);
	const query = { ...filter, unit: officer.unit.code };
	const board = await leaderboard(actor, query);
	const { minimum, prior_weight: weight } = board.method;
	const item = board.items.find((row) => row.officer.id === id);
	const [unit] = await ratingSummary(actor, query);
	const breakdown = await breakdownOf(filter, (table) => eq(table.officerId, id), minimum);
	return {
		...breakdown,
		officer,
		method: { minimum, weight },
		standing: item ? { mean: item.mean, low: item.low, high: item.high, rank: item.rank, listed: board.listed } : null,
		unitMean: unit?.range?.mean ?? null,
		months: await monthsOf(actor, officer, filter, { minimum, weight }),
		direction: (await officerTrends(actor, query))[id]?.direction ?? 'unknown',
		...((await visitsByOfficer([id], filter))[id] ?? NO_VISITS),
		...(await setAside(id, actor, filter)),
		elsewhere: breakdown.n - (await within(actor, id, filter))
	};
}

async function monthsOf(
	actor: Actor,
	officer: ManagedOfficer,
	filter: RatingFilter,
	{ minimum, weight }: { minimum: number; weight: number }
): Promise<OfficerFigures['months']> {
	const shown = { ...chartPeriod(filter), service: filter.service };
	const colleagues = await officerCounts([officer.unit.id], shown, actor.officerId);
	const priors = await priorsOf([officer.unit.id], colleagues, shown, actor.officerId);
	const prior = priors.get(officer.unit.id) ?? UNIFORM;
	const counted = await countsByMonth(shown, 'officerId', (table) => eq(table.officerId, officer.id));
	return counted(officer.id).map(({ month, counts }) => {
		const n = ratingsIn(counts);
		const { mean, low, high } = posterior(counts, { prior, weight });
		return { month, counts, n, range: n >= minimum ? { mean, low, high } : null };
	});
}

async function setAside(id: string, actor: Actor, filter: RatingFilter): Promise<{ held: number; voided: number }> {
	const rows = await db()
		.select({ state: ratings.state, n: count() })
		.from(ratings)
		.where(
			and(
				// As a literal, for the index of those set aside to be recognised.
				sql`${ratings.state} <> 'counted'`,
				inArray(ratings.unitId, [...actor.units.manager]),
				eq(ratings.officerId, id),
				between(ratings.day, filter.from, filter.to),
				filter.service === undefined ? undefined : eq(ratings.service, filter.service)
			)
		)
		.groupBy(ratings.state);
	const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
	return { held: of('held'), voided: of('voided') };
}

/** Counted ratings of the officer at units that the actor manages. */
async function within(actor: Actor, id: string, filter: RatingFilter): Promise<number> {
	const counted = await countsByMonth(filter, 'officerId', (table) =>
		and(eq(table.officerId, id), inArray(table.unitId, [...actor.units.manager]))
	);
	return counted(id).reduce((sum, { counts }) => sum + ratingsIn(counts), 0);
}
