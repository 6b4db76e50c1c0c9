import { and, between, eq, inArray } from 'drizzle-orm';
import { addDays, type LocalDate } from '../../calendar/days.ts';
import { BATCH_DAYS, BATCH_RATINGS, totalOf } from '../../ratings/batches.ts';
import { ratingsIn } from '../../ratings/breakdown.ts';
import { monthsAfter, monthStart, periodNamed, quarterStart, type Period } from '../../ratings/period.ts';
import { priorFor, priorOf, UNIFORM, type Counts, type Shares } from '../../ratings/statistics.ts';
import { db } from '../db/index.ts';
import { ratingDaily, ratingMonthly, ratings } from '../db/schema/ratings.ts';
import { officers, units } from '../db/schema/units.ts';
import { withUnitsBelow } from '../people/actor.ts';
import { closedBefore, type RatedPerson } from './own-batches.ts';
import { lateChanges, releasedAt, type LateChange } from './own-frozen.ts';
import { ALL_SERVICES } from './rollup.ts';
import { countsOf } from './sums.ts';

/** Officers by their own units, and who of them asks. */
interface Circle {
	unitIds: readonly string[];
	/** In which quarters end. */
	timeZone: string;
	/** Whose ratings the reader may tell from elsewhere: they hide nobody else's. */
	known: (officer: { officerId: string; unitId: string }) => boolean;
}

/** What one officer was given on one day, or in the month that begins with it. */
interface Given {
	officerId: string;
	unitId: string;
	day: LocalDate;
	counts: Counts;
}

/** What each of the unit's officers was given there over the last four whole quarters (`closedCounts`). */
export function ownUnit(me: RatedPerson): Promise<Counts[]> {
	return closedCounts({
		unitIds: [me.unitId],
		timeZone: me.timeZone,
		known: ({ officerId }) => officerId === me.id
	});
}

/** Where days end last: a quarter that is over there is over in every unit. */
const WESTMOST = 'Etc/GMT+12';

/**
 * What an officer's own range begins with: the own unit, where fewer than two were rated there the parent with all its
 * units, else uniform (product.md), each as `closedCounts` gives it. The own unit's mean stands beside the range, so a
 * quarter of the parent's has to hold enough without the own unit.
 *
 * @param unit what `ownUnit` gave
 */
export async function ownPrior(me: RatedPerson, unit: readonly Counts[]): Promise<Shares> {
	const own = priorOf(unit);
	if (own) return own;
	const [{ parentId } = { parentId: null }] = await db()
		.select({ parentId: units.parentId })
		.from(units)
		.where(eq(units.id, me.unitId));
	if (parentId === null) return UNIFORM;
	const parent = await closedCounts({
		unitIds: await withUnitsBelow(db(), [parentId]),
		timeZone: WESTMOST,
		known: ({ unitId }) => unitId === me.unitId
	});
	return priorFor(unit, parent);
}

/**
 * What each officer was given in the circle's units over the last four whole quarters. It would tell a colleague's single
 * rating, or the own one before its batch is out, if it moved with each: so it moves by quarters, and a quarter counts only
 * where those the reader can't tell apart have five ratings from three days in it, counted as when the quarter was over.
 */
async function closedCounts(circle: Circle): Promise<Counts[]> {
	const period = lastFourQuarters(closedBefore(circle));
	const [present, late] = await Promise.all([givenIn(ratingMonthly, circle, period), changesSince(circle, period)]);
	const quarters = Map.groupBy(asReleased(present, late, monthStart), ({ day }) => quarterStart(day));
	const told: Given[] = [];
	for (const [quarter, given] of quarters) if (await isTold(circle, quarter, given, late)) told.push(...given);
	return [...Map.groupBy(told, ({ officerId }) => officerId).values()].map(totalOf);
}

function lastFourQuarters(closed: LocalDate): Period {
	const to = addDays(quarterStart(closed), -1);
	return { from: periodNamed('twelve_months', to).from, to };
}

const lastDayOf = (quarter: LocalDate) => addDays(monthsAfter(quarter, 3), -1);

async function givenIn(
	table: typeof ratingDaily | typeof ratingMonthly,
	{ unitIds }: Circle,
	{ from, to }: Period
): Promise<Given[]> {
	const { c1, c2, c3, c4, c5 } = table;
	const rows = await db()
		.select({ officerId: officers.id, unitId: officers.unitId, day: table.day, c1, c2, c3, c4, c5 })
		.from(table)
		.innerJoin(officers, and(eq(officers.id, table.officerId), inArray(officers.unitId, [...unitIds])))
		.where(and(inArray(table.unitId, [...unitIds]), eq(table.service, ALL_SERVICES), between(table.day, from, to)));
	return rows.map(({ officerId, unitId, day, ...row }) => ({ officerId, unitId, day, counts: countsOf(row) }));
}

/** Changes after the quarter of the rating was over and its figures were out. */
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

/** Days or months with the late changes undone; what held nothing then is not there. */
function asReleased(present: readonly Given[], late: readonly LateChange[], startOf: (day: LocalDate) => LocalDate) {
	const known = new Map(present.map((given) => [`${given.officerId} ${given.day}`, given]));
	for (const { officerId, unitId, day, score, delta } of late) {
		const key = `${officerId} ${startOf(day)}`;
		const given = known.get(key) ?? { officerId, unitId, day: startOf(day), counts: [0, 0, 0, 0, 0] as const };
		const counts = [...given.counts] as [number, number, number, number, number];
		counts[score - 1] = (counts[score - 1] ?? 0) + delta;
		known.set(key, { ...given, counts });
	}
	return [...known.values()].filter(({ counts }) => ratingsIn(counts) > 0);
}

/** Whether the others' ratings of a quarter are many enough. Who was rated in three months was rated on three days. */
async function isTold(
	circle: Circle,
	quarter: LocalDate,
	given: readonly Given[],
	late: readonly LateChange[]
): Promise<boolean> {
	const others = (some: readonly Given[]) => some.filter((each) => !circle.known(each));
	if (ratingsIn(totalOf(others(given))) < BATCH_RATINGS) return false;
	if (mostOfOne(others(given)) >= BATCH_DAYS) return true;
	const present = await givenIn(ratingDaily, circle, { from: quarter, to: lastDayOf(quarter) });
	const changed = late.filter(({ day }) => quarterStart(day) === quarter);
	return mostOfOne(others(asReleased(present, changed, (day) => day))) >= BATCH_DAYS;
}

/** The most days, or months, that one officer has. */
function mostOfOne(given: readonly Given[]): number {
	const each = Map.groupBy(given, ({ officerId }) => officerId);
	return Math.max(0, ...[...each.values()].map((some) => some.length));
}
