import { and, between, eq, inArray } from 'drizzle-orm';
import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { BATCH_DAYS, BATCH_RATINGS } from '#lib/ratings/batches.ts';
import {
	priorFor,
	priorOf,
	ratingsIn,
	sumCounts,
	UNIFORM,
	type Counts,
	type Shares
} from '#lib/ratings/adjusted-score.ts';
import { monthsAfter, monthStart, periodNamed, quarterStart, type Period } from '#lib/ratings/period.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { withUnitsBelow } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { closedBefore, lateChanges, releasedAt, type LateChange, type RatedPerson } from './batches.ts';
import { ALL_SERVICES, countsOf } from '../figures/sums.ts';

/** The units whose officers are counted for one reader. */
interface Circle {
	unitIds: readonly string[];
	/** Time zone in which quarters end. */
	timeZone: string;
	/** Officers whose ratings the reader may already know, so they do not hide single ratings. */
	known: (officer: { officerId: string; unitId: string }) => boolean;
}

/** An officer's ratings of one day, or of the month that begins on that day. */
interface OfficerCounts {
	officerId: string;
	unitId: string;
	day: LocalDate;
	counts: Counts;
}

/** Ratings of each of the unit's officers in the last four whole quarters (see `closedCounts`). */
export function ownUnit(me: RatedPerson): Promise<Counts[]> {
	return closedCounts({
		unitIds: [me.unitId],
		timeZone: me.timeZone,
		known: ({ officerId }) => officerId === me.id
	});
}

/** The time zone where days end last: a quarter that has ended there has ended in every unit. */
const WESTMOST = 'Etc/GMT+12';

/**
 * Computes the prior for an officer's own range. It comes from the officer's unit; if fewer than two officers were rated
 * there, from the parent with all units below it; otherwise it is uniform. All counts come from `closedCounts`.
 * The own unit's mean is shown beside the range. So a quarter of the parent must have enough ratings even without the
 * own unit.
 * @param unit result of `ownUnit`
 */
export async function ownPrior(me: RatedPerson, unit: readonly Counts[]): Promise<Shares> {
	const own = priorOf(unit);
	if (own) return own;
	const parentId = (await referenceData()).unitById.get(me.unitId)?.parentId;
	if (!parentId) return UNIFORM;
	const parent = await closedCounts({
		unitIds: await withUnitsBelow([parentId]),
		timeZone: WESTMOST,
		known: ({ unitId }) => unitId === me.unitId
	});
	return priorFor(unit, parent);
}

/**
 * Counts each officer's ratings in the circle's units over the last four whole quarters. Counts that changed with every
 * rating would reveal a colleague's single rating, or one of the reader's own before its batch is released.
 * So counts change only by quarters. A quarter is included only if, at its end, the officers not known to the reader
 * had five ratings together, and one of them was rated on three days.
 */
async function closedCounts(circle: Circle): Promise<Counts[]> {
	const period = lastFourQuarters(closedBefore(circle));
	const [present, late] = await Promise.all([countsIn(ratingMonthly, circle, period), changesSince(circle, period)]);
	const quarters = Map.groupBy(asReleased(present, late, monthStart), ({ day }) => quarterStart(day));
	const included: OfficerCounts[] = [];
	for (const [quarter, counted] of quarters)
		if (await hasEnoughOthers(circle, quarter, counted, late)) included.push(...counted);
	return [...Map.groupBy(included, ({ officerId }) => officerId).values()].map((group) =>
		sumCounts(group.map(({ counts }) => counts))
	);
}

function lastFourQuarters(closed: LocalDate): Period {
	const to = addDays(quarterStart(closed), -1);
	return { from: periodNamed('twelve_months', to).from, to };
}

const lastDayOf = (quarter: LocalDate) => addDays(monthsAfter(quarter, 3), -1);

async function countsIn(
	table: typeof ratingDaily | typeof ratingMonthly,
	{ unitIds }: Circle,
	{ from, to }: Period
): Promise<OfficerCounts[]> {
	const { c1, c2, c3, c4, c5 } = table;
	const rows = await db()
		.select({ officerId: officers.id, unitId: officers.unitId, day: table.day, c1, c2, c3, c4, c5 })
		.from(table)
		.innerJoin(officers, and(eq(officers.id, table.officerId), inArray(officers.unitId, [...unitIds])))
		.where(and(inArray(table.unitId, [...unitIds]), eq(table.service, ALL_SERVICES), between(table.day, from, to)));
	return rows.map(({ officerId, unitId, day, ...row }) => ({ officerId, unitId, day, counts: countsOf(row) }));
}

/** Decisions made after the figures of the rating's quarter were released. */
function changesSince({ unitIds, timeZone }: Circle, { from, to }: Period): Promise<LateChange[]> {
	const releases = new Map<LocalDate, Date>();
	return lateChanges(
		and(inArray(ratings.unitId, [...unitIds]), inArray(officers.unitId, [...unitIds]), between(ratings.day, from, to)),
		(day) => {
			const quarter = quarterStart(day);
			const release = releases.get(quarter) ?? releasedAt(lastDayOf(quarter), timeZone);
			releases.set(quarter, release);
			return release;
		}
	);
}

/** The counts as they were at the release; empty days or months are omitted. */
function asReleased(
	present: readonly OfficerCounts[],
	late: readonly LateChange[],
	startOf: (day: LocalDate) => LocalDate
) {
	const known = new Map(present.map((counted) => [`${counted.officerId} ${counted.day}`, counted]));
	for (const { officerId, unitId, day, score, delta } of late) {
		const key = `${officerId} ${startOf(day)}`;
		const counted = known.get(key) ?? { officerId, unitId, day: startOf(day), counts: [0, 0, 0, 0, 0] as const };
		const counts = [...counted.counts] as [number, number, number, number, number];
		counts[score - 1] = (counts[score - 1] ?? 0) + delta;
		known.set(key, { ...counted, counts });
	}
	return [...known.values()].filter(({ counts }) => ratingsIn(counts) > 0);
}

/**
 * Whether the other officers have enough ratings in a quarter. Ratings in three months are also ratings on three days.
 */
async function hasEnoughOthers(
	circle: Circle,
	quarter: LocalDate,
	counted: readonly OfficerCounts[],
	late: readonly LateChange[]
): Promise<boolean> {
	const others = (list: readonly OfficerCounts[]) => list.filter((each) => !circle.known(each));
	if (ratingsIn(sumCounts(others(counted).map(({ counts }) => counts))) < BATCH_RATINGS) return false;
	if (mostDaysOfOneOfficer(others(counted)) >= BATCH_DAYS) return true;
	const present = await countsIn(ratingDaily, circle, { from: quarter, to: lastDayOf(quarter) });
	const changed = late.filter(({ day }) => quarterStart(day) === quarter);
	return mostDaysOfOneOfficer(others(asReleased(present, changed, (day) => day))) >= BATCH_DAYS;
}

function mostDaysOfOneOfficer(counted: readonly OfficerCounts[]): number {
	const each = Map.groupBy(counted, ({ officerId }) => officerId);
	return Math.max(0, ...[...each.values()].map((list) => list.length));
}
