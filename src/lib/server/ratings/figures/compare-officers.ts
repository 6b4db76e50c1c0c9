import { and, inArray, notInArray, sql } from 'drizzle-orm';
import { priorFor, priorOf, sumCounts, UNIFORM, type Counts, type Shares } from '#lib/ratings/adjusted-score.ts';
import { rankOfficers } from '#lib/ratings/rank-officers.ts';
import type { LocalDate } from '#lib/calendar/days.ts';
import { monthsOf } from '#lib/ratings/period.ts';
import { db } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { recordIdsOf, withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { managedIds, worksIn, type UnitScope } from '../access.ts';
import { ratingMethod, type RatingMethod } from './method.ts';
import { countsOf, sumsWithinEach, totals, type RatingFilter } from './sums.ts';

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
 * @returns the officers, unrounded. `ownLeftOut`: the actor is one of them.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function leaderboard(actor: Actor, query: LeaderboardQuery) {
	const unitIds = await managedIds(actor, query);
	const [counted] = await countOfficers(unitIds, [query], actor.officerId);
	const method = await ratingMethod();
	return { method, ...ranked(counted, method), ownLeftOut: await worksIn(actor, unitIds) };
}

/** The comparison of officers whose ratings were counted by `countOfficers`. */
export function ranked({ officers, priors }: CountedOfficers, { minimum, priorWeight }: RatingMethod) {
	const listed = officers.filter(isListed).map((officer) => ({ ...officer, prior: priors.get(officer.unitId) }));
	return rankOfficers(listed, { prior: UNIFORM, weight: priorWeight, minimum });
}

/** A period in which ratings are counted. `monthly`: also by month. */
type CountedPeriod = RatingFilter & { monthly?: boolean };

/** The ratings of an officer at any unit. */
interface OfficerCounts {
	id: string;
	name: string;
	unitId: string;
	active: boolean;
	counts: Counts;
	verified: number;
	/** Each month of the period, if they were counted by month. */
	months: MonthCounts[];
}

export interface MonthCounts {
	/** The first day of the month. */
	month: LocalDate;
	counts: Counts;
}

export interface CountedOfficers {
	/** All officers of the units, also those without ratings. */
	officers: OfficerCounts[];
	/**
	 * The prior of each unit, by id. It comes from the unit's own officers; if fewer than two of them were rated, from the
	 * parent with all units below it; without a parent it is uniform.
	 */
	priors: ReadonlyMap<string, Shares>;
}

/** Officers who have left and were not rated are not listed. */
export const isListed = ({ active, counts }: OfficerCounts) => active || counts.some((count) => count > 0);

/**
 * Counts the counted ratings of these units' officers, at any unit, in each of the periods.
 * @param except the reader's own officer id, which is excluded
 */
export async function countOfficers<const Periods extends readonly CountedPeriod[]>(
	unitIds: readonly string[],
	periods: Periods,
	except: string | null
): Promise<{ [nth in keyof Periods]: CountedOfficers }> {
	const { unitById } = await referenceData();
	const own = await officerCounts(unitIds, periods, except);
	const countsOfUnit = (all: readonly OfficerCounts[], id: string) =>
		all.filter(({ unitId }) => unitId === id).map(({ counts }) => counts);
	const hasFewRated = (id: string) => own.some((all) => priorOf(countsOfUnit(all, id)) === null);
	const parentIds = unitIds.filter(hasFewRated).flatMap((id) => unitById.get(id)?.parentId ?? []);
	const wider = await officerCounts(await withUnitsBelow(parentIds), periods, except);
	const counted = own.map((all, nth): CountedOfficers => {
		const countsIn = (from: readonly OfficerCounts[] = [], id: string | null | undefined) =>
			from.filter(({ unitId }) => unitById.get(unitId)?.path.includes(`/${id}/`)).map(({ counts }) => counts);
		const prior = (id: string) => priorFor(countsOfUnit(all, id), countsIn(wider[nth], unitById.get(id)?.parentId));
		return { officers: all, priors: new Map(unitIds.map((id) => [id, prior(id)])) };
	});
	return counted as { [nth in keyof Periods]: CountedOfficers };
}

/** The officers of these units with their ratings in each of the periods. */
async function officerCounts(
	unitIds: readonly string[],
	periods: readonly CountedPeriod[],
	except: string | null
): Promise<OfficerCounts[][]> {
	if (unitIds.length === 0) return periods.map(() => []);
	const own = await recordIdsOf(except);
	const officerIds = db()
		.select({ id: officers.id })
		.from(officers)
		.where(and(inArray(officers.unitId, [...unitIds]), notInArray(officers.id, own)));
	const pieces = sumsWithinEach(periods, (table) => inArray(table.officerId, officerIds));
	const monthly = periods.flatMap((period, nth) => (period.monthly ? [nth] : []));
	const rows = await db()
		.select({
			nth: pieces.nth,
			id: pieces.officerId,
			month: sql<string>`case when ${inArray(pieces.nth, monthly)} then ${pieces.month} end`,
			...totals(pieces, ['c1', 'c2', 'c3', 'c4', 'c5', 'verified'])
		})
		.from(pieces)
		.groupBy(pieces.nth, pieces.officerId, sql`3`);
	const byOfficer = Map.groupBy(rows, ({ nth, id }) => `${nth} ${id}`);
	const { officers: all } = await referenceData();
	const known = all.filter(({ id, unitId }) => unitIds.includes(unitId) && !own.includes(id));
	return periods.map((period, nth) =>
		known.map(({ id, name, unitId, active }) => {
			const found = byOfficer.get(`${nth} ${id}`) ?? [];
			const months = new Map(found.map((row) => [row.month, countsOf(row)]));
			return {
				id,
				name,
				unitId,
				active,
				counts: sumCounts([...months.values()]),
				verified: found.reduce((sum, row) => sum + row.verified, 0),
				months: period.monthly ? monthsOf(period).map((month) => ({ month, counts: months.get(month) ?? NONE })) : []
			};
		})
	);
}

const NONE: Counts = [0, 0, 0, 0, 0];
