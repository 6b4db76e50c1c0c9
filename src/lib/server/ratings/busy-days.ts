import { and, between, count, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '../../calendar/days.ts';
import { isWorkingDay } from '../../calendar/working-calendar.ts';
import type { Signal } from '../../ratings/signals.ts';
import { COMPARED_DAYS, mostVisits, PLAIN_DAY } from '../../visits/busy-day.ts';
import { loadCalendar } from '../calendar/load.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { ratings } from '../db/schema/ratings.ts';
import { visits } from '../db/schema/visits.ts';

/** Holds so many working days also around the longest holidays. */
const LOOK_BACK_DAYS = 70;
const SIGNAL: Signal = 'many_visits';

/** Whether an officer has had more visits on a day than the working days before it let expect (`mostVisits`). */
export async function isBusyDay(officerId: string, day: LocalDate): Promise<boolean> {
	const rows = await db()
		.select({ day: visits.day, n: count() })
		.from(visits)
		.where(and(eq(visits.officerId, officerId), between(visits.day, addDays(day, -LOOK_BACK_DAYS), day)))
		.groupBy(visits.day);
	const noted = new Map(rows.map((row) => [row.day, row.n]));
	const today = noted.get(day) ?? 0;
	if (today <= PLAIN_DAY) return false;
	const calendar = await loadCalendar(db());
	const before = Array.from({ length: LOOK_BACK_DAYS }, (_, back) => addDays(day, -back - 1))
		.filter((one) => isWorkingDay(one, calendar))
		.slice(0, COMPARED_DAYS);
	// An officer who is new has no days before the first visit to be compared with.
	const first = rows.reduce((least, row) => (row.day < least ? row.day : least), day);
	const known = before.filter((one) => one >= first);
	return today > mostVisits(known.map((one) => noted.get(one) ?? 0));
}

/**
 * Marks the ratings that came in by a visit's link before their day turned out to be a busy one: each night, for the days
 * that ended lately or still run in some zone. They keep counting; a manager is asked to look.
 */
export async function markBusyDays(): Promise<void> {
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	const days = await db()
		.select({ officerId: visits.officerId, day: visits.day })
		.from(visits)
		.where(and(isNotNull(visits.officerId), between(visits.day, yesterday, addDays(yesterday, 2))))
		.groupBy(visits.officerId, visits.day)
		.having(gt(count(), PLAIN_DAY));
	for (const { officerId, day } of days) {
		if (officerId === null || !(await isBusyDay(officerId, day))) continue;
		await db()
			.update(ratings)
			.set({ signals: sql`array_append(${ratings.signals}, ${SIGNAL})` })
			.where(
				and(
					eq(ratings.officerId, officerId),
					eq(ratings.day, day),
					eq(ratings.source, 'visit'),
					sql`not (${SIGNAL} = any(${ratings.signals}))`
				)
			);
	}
}
