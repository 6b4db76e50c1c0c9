import { and, between, count, eq, gt, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { COMPARED_DAYS, KNOWN_AFTER_DAYS, mostVisits, PLAIN_DAY } from '#lib/visits/busy-day.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';

/** Calendar days; long enough for 28 working days, also around the longest holidays. */
const LOOK_BACK_DAYS = 70;
const SIGNAL: Signal = 'many_visits';

/** Whose visits are compared with what is usual: an officer's, wherever they were, or all of an office. */
type Whose = { officerId: string } | { unitId: string };

/** Days with visits and how many they were. */
async function visitsByDay(whose: Whose, from: LocalDate, to: LocalDate): Promise<Map<LocalDate, number>> {
	const own = 'officerId' in whose ? eq(visits.officerId, whose.officerId) : eq(visits.unitId, whose.unitId);
	const rows = await db()
		.select({ day: visits.day, n: count() })
		.from(visits)
		.where(and(own, between(visits.day, from, to)))
		.groupBy(visits.day);
	return new Map(rows.map(({ day, n }) => [day, n]));
}

/**
 * Whether there were more visits on a day than the working days before it let expect (`mostVisits`). What is usual for an
 * office is not known in its first week, when each day may bring more than the last.
 */
async function isUnusual(whose: Whose, day: LocalDate): Promise<boolean> {
	const noted = await visitsByDay(whose, addDays(day, -LOOK_BACK_DAYS), day);
	const today = noted.get(day) ?? 0;
	if (today <= PLAIN_DAY) return false;
	const calendar = await loadCalendar(db());
	// Who is new has no days before the first visit to be compared with.
	const first = [...noted.keys()].reduce((least, one) => (one < least ? one : least), day);
	const before = Array.from({ length: LOOK_BACK_DAYS }, (_, back) => addDays(day, -back - 1))
		.filter((one) => isWorkingDay(one, calendar))
		.slice(0, COMPARED_DAYS)
		.filter((one) => one >= first);
	if ('unitId' in whose && before.length < KNOWN_AFTER_DAYS) return false;
	return today > mostVisits(before.map((one) => noted.get(one) ?? 0));
}

/** Whether the officer of a visit or its office has had more visits on its day than usual. */
export async function isBusyDay(visit: { unitId: string; officerId: string | null; day: LocalDate }): Promise<boolean> {
	const { unitId, officerId, day } = visit;
	return (officerId !== null && (await isUnusual({ officerId }, day))) || isUnusual({ unitId }, day);
}

/**
 * Marks the ratings that came in by a visit's link before their day turned out to be a busy one: each night, for the days
 * that ended lately or still run in some zone. They keep counting; a manager is asked to look.
 */
export async function markBusyDays(): Promise<void> {
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	const lately = between(visits.day, yesterday, addDays(yesterday, 2));
	// From the people and the offices, whose days an index finds.
	const byOfficer = await db()
		.select({ officerId: officers.id, day: visits.day })
		.from(officers)
		.innerJoin(visits, and(eq(visits.officerId, officers.id), lately))
		.groupBy(officers.id, visits.day)
		.having(gt(count(), PLAIN_DAY));
	const byUnit = await db()
		.select({ unitId: units.id, day: visits.day })
		.from(units)
		.innerJoin(visits, and(eq(visits.unitId, units.id), lately))
		.groupBy(units.id, visits.day)
		.having(gt(count(), PLAIN_DAY));
	for (const { officerId, day } of byOfficer) {
		if (await isUnusual({ officerId }, day)) await mark(eq(ratings.officerId, officerId), day);
	}
	for (const { unitId, day } of byUnit) {
		if (await isUnusual({ unitId }, day)) await mark(eq(ratings.unitId, unitId), day);
	}
}

async function mark(whose: SQL, day: LocalDate): Promise<void> {
	await db()
		.update(ratings)
		.set({ signals: sql`array_append(${ratings.signals}, ${SIGNAL})` })
		.where(
			and(whose, eq(ratings.day, day), eq(ratings.source, 'visit'), sql`not (${SIGNAL} = any(${ratings.signals}))`)
		);
}
