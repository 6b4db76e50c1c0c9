import { and, between, eq, gt, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { COMPARED_DAYS, KNOWN_AFTER_DAYS, mostVisits, PLAIN_DAY } from '#lib/visits/busy-day.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visitDaily, visitOfficerDaily } from '#lib/server/db/schema/visit-sums.ts';
import { ALL_SERVICES } from './figures/rollup.ts';

/** Calendar days; long enough for 28 working days, also around the longest holidays. */
const LOOK_BACK_DAYS = 70;
const SIGNAL: Signal = 'many_visits';

/** Whose visits are compared with what is usual: an officer's, wherever they were, or all of an office. */
type Whose = { officerId: string } | { unitId: string };

/** Days with visits and how many they were. */
async function visitsByDay(whose: Whose, from: LocalDate, to: LocalDate): Promise<Map<LocalDate, number>> {
	const sums = 'officerId' in whose ? visitOfficerDaily : visitDaily;
	const own =
		'officerId' in whose ? eq(visitOfficerDaily.officerId, whose.officerId) : eq(visitDaily.unitId, whose.unitId);
	const rows = await db()
		.select({ day: sums.day, n: sums.visits })
		.from(sums)
		.where(and(own, eq(sums.service, ALL_SERVICES), between(sums.day, from, to), gt(sums.visits, 0)));
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
	const lately = (sums: typeof visitDaily | typeof visitOfficerDaily) =>
		and(
			eq(sums.service, ALL_SERVICES),
			between(sums.day, yesterday, addDays(yesterday, 2)),
			gt(sums.visits, PLAIN_DAY)
		);
	// From the people and the offices, whose days are found by their key.
	const byOfficer = await db()
		.select({ officerId: officers.id, day: visitOfficerDaily.day })
		.from(officers)
		.innerJoin(visitOfficerDaily, and(eq(visitOfficerDaily.officerId, officers.id), lately(visitOfficerDaily)));
	const byUnit = await db()
		.select({ unitId: units.id, day: visitDaily.day })
		.from(units)
		.innerJoin(visitDaily, and(eq(visitDaily.unitId, units.id), lately(visitDaily)));
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
