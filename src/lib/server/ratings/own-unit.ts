import { and, between, eq } from 'drizzle-orm';
import { addDays, type LocalDate } from '../../calendar/days.ts';
import { BATCH_DAYS, BATCH_RATINGS, totalOf } from '../../ratings/batches.ts';
import { ratingsIn } from '../../ratings/breakdown.ts';
import { monthsAfter, monthStart, periodNamed, quarterStart, type Period } from '../../ratings/period.ts';
import type { Counts } from '../../ratings/statistics.ts';
import { db } from '../db/index.ts';
import { ratingDaily, ratingMonthly, ratings } from '../db/schema/ratings.ts';
import { officers } from '../db/schema/units.ts';
import type { RatedPerson } from './own-batches.ts';
import { lateChanges, releasedAt, type LateChange } from './own-frozen.ts';
import { ALL_SERVICES } from './rollup.ts';
import { countsOf } from './sums.ts';

/** What one officer was given on one day, or in the month that begins with it. */
interface Given {
	officerId: string;
	day: LocalDate;
	counts: Counts;
}

/**
 * What each of the unit's officers was given there over the last four whole quarters. It would tell a colleague's single
 * rating, or the own one before its batch is out, if it moved with each: so it moves by quarters, and a quarter counts only
 * where the colleagues have five ratings from three days in it, counted as when the quarter was over.
 *
 * @param closed the first day that ratings may still come in for
 */
export async function ownUnit(me: RatedPerson, closed: LocalDate): Promise<Counts[]> {
	const period = lastFourQuarters(closed);
	const [present, late] = await Promise.all([givenIn(ratingMonthly, me, period), changesSince(me, period)]);
	const quarters = Map.groupBy(asReleased(present, late, monthStart), ({ day }) => quarterStart(day));
	const told: Given[] = [];
	for (const [quarter, given] of quarters) if (await isTold(me, quarter, given, late)) told.push(...given);
	return [...Map.groupBy(told, ({ officerId }) => officerId).values()].map(totalOf);
}

function lastFourQuarters(closed: LocalDate): Period {
	const to = addDays(quarterStart(closed), -1);
	return { from: periodNamed('twelve_months', to).from, to };
}

const lastDayOf = (quarter: LocalDate) => addDays(monthsAfter(quarter, 3), -1);

async function givenIn(
	table: typeof ratingDaily | typeof ratingMonthly,
	me: RatedPerson,
	{ from, to }: Period
): Promise<Given[]> {
	const { c1, c2, c3, c4, c5 } = table;
	const rows = await db()
		.select({ officerId: officers.id, day: table.day, c1, c2, c3, c4, c5 })
		.from(table)
		.innerJoin(officers, and(eq(officers.id, table.officerId), eq(officers.unitId, me.unitId)))
		.where(and(eq(table.unitId, me.unitId), eq(table.service, ALL_SERVICES), between(table.day, from, to)));
	return rows.map((row) => ({ officerId: row.officerId, day: row.day, counts: countsOf(row) }));
}

/** Changes after the quarter of the rating was over and its figures were out. */
function changesSince(me: RatedPerson, { from, to }: Period): Promise<LateChange[]> {
	const releases = new Map<LocalDate, Date>();
	return lateChanges(
		and(eq(ratings.unitId, me.unitId), eq(officers.unitId, me.unitId), between(ratings.day, from, to)),
		(day) => {
			const quarter = quarterStart(day);
			const release = releases.get(quarter) ?? releasedAt(lastDayOf(quarter), me.timeZone);
			releases.set(quarter, release);
			return release;
		}
	);
}

/** Days or months with the late changes undone; what held nothing then is not there. */
function asReleased(present: readonly Given[], late: readonly LateChange[], startOf: (day: LocalDate) => LocalDate) {
	const known = new Map(present.map((given) => [`${given.officerId} ${given.day}`, given]));
	for (const { officerId, day, score, delta } of late) {
		const key = `${officerId} ${startOf(day)}`;
		const given = known.get(key) ?? { officerId, day: startOf(day), counts: [0, 0, 0, 0, 0] as const };
		const counts = [...given.counts] as [number, number, number, number, number];
		counts[score - 1] = (counts[score - 1] ?? 0) + delta;
		known.set(key, { ...given, counts });
	}
	return [...known.values()].filter(({ counts }) => ratingsIn(counts) > 0);
}

/** Whether the colleagues' ratings of a quarter are many enough. Who was rated in three months was rated on three days. */
async function isTold(
	me: RatedPerson,
	quarter: LocalDate,
	given: readonly Given[],
	late: readonly LateChange[]
): Promise<boolean> {
	const colleagues = (some: readonly Given[]) => some.filter(({ officerId }) => officerId !== me.id);
	if (ratingsIn(totalOf(colleagues(given))) < BATCH_RATINGS) return false;
	if (mostOfOne(colleagues(given)) >= BATCH_DAYS) return true;
	const present = await givenIn(ratingDaily, me, { from: quarter, to: lastDayOf(quarter) });
	const changed = late.filter(({ day }) => quarterStart(day) === quarter);
	return mostOfOne(colleagues(asReleased(present, changed, (day) => day))) >= BATCH_DAYS;
}

/** The most days, or months, that one officer has. */
function mostOfOne(given: readonly Given[]): number {
	const each = Map.groupBy(given, ({ officerId }) => officerId);
	return Math.max(0, ...[...each.values()].map((some) => some.length));
}
