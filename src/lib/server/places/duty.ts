import { and, asc, eq, isNull, exists, inArray, not, or, gte, lte, type SQL } from 'drizzle-orm';
import { localDate, localTime, weekday, type LocalDate } from '#lib/calendar/days.ts';
import { dutyAt } from '#lib/places/duty.ts';
import { db } from '#lib/server/db/index.ts';
import { places, officers, units, rosterShifts } from '#lib/server/db/schema/units.ts';
import { absences } from '#lib/server/db/schema/people.ts';

/** Condition for a place that is a desk in use. */
export const isDesk = and(eq(places.kind, 'desk'), isNull(places.withdrawnAt));

/** The desks in use at an office, by name. `officerId` is null for a desk that belongs to no single officer. */
export async function desksAt(unitId: string) {
	return db()
		.select({ id: places.id, name: places.name, officerId: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), isDesk))
		.orderBy(asc(places.name), asc(places.id));
}

export type Desk = Awaited<ReturnType<typeof desksAt>>[number];

/** An officer on duty at a desk, with the desk's id and name. */
export type OfficerOnDuty = Awaited<ReturnType<typeof officersOnDuty>>[number];

/**
 * Returns the officer on duty at a desk at a moment: the officer of the roster's shift, otherwise the desk's own
 * officer. Returns null if there is none, if the officer is inactive or absent that day, and if the place is withdrawn
 * or no desk.
 */
export async function officerOnDuty(placeId: string, at: Date): Promise<{ id: string; name: string } | null> {
	const [onDuty] = await officersOnDuty(eq(places.id, placeId), at);
	return onDuty ? { id: onDuty.id, name: onDuty.name } : null;
}

/**
 * Lists the officers on duty at an office's desks, ordered by desk. An officer who covers two desks is listed twice.
 * Desks without an officer on duty are omitted.
 */
export function dutyByDesk(unitId: string, at: Date): Promise<OfficerOnDuty[]> {
	return officersOnDuty(eq(places.unitId, unitId), at);
}

/**
 * Returns the officer whom a desk's own code or tablet proposes. A place without a desk never proposes an officer, even
 * if only one is on duty: otherwise ratings of the whole office would count for that officer.
 */
export const officerOfDesk = (duty: readonly OfficerOnDuty[], placeId: string | undefined): OfficerOnDuty | undefined =>
	duty.find((one) => one.placeId === placeId);

/** One row for each desk of one office that has an officer on duty, ordered by desk name. */
async function officersOnDuty(which: SQL, at: Date) {
	const desks = await db()
		.select({ id: places.id, name: places.name, officerId: places.officerId, zone: units.timeZone })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(which, isDesk))
		.orderBy(asc(places.name), asc(places.id));
	const [first] = desks;
	if (!first) return [];
	const moment = { day: localDate(at, first.zone), time: localTime(at, first.zone) };
	const ids = desks.map(({ id }) => id);
	const shifts = await shiftsOn(ids, moment.day);
	const named = [...shifts, ...desks].flatMap(({ officerId }) => officerId ?? []);
	const present = await presentOn(moment.day, named);
	return desks.flatMap((desk) => {
		const roster = { officerId: desk.officerId, shifts: shifts.filter((shift) => shift.placeId === desk.id) };
		const officer = present.get(dutyAt(roster, moment, new Set(present.keys())) ?? '');
		return officer ? [{ ...officer, placeId: desk.id, placeName: desk.name }] : [];
	});
}

/** The desks' shifts that may apply on a day: those of that date and those of its weekday. */
async function shiftsOn(placeIds: string[], day: LocalDate) {
	const weekly = and(isNull(rosterShifts.day), eq(rosterShifts.weekday, weekday(day)));
	return db()
		.select()
		.from(rosterShifts)
		.where(and(inArray(rosterShifts.placeId, placeIds), or(eq(rosterShifts.day, day), weekly)));
}

/** The active officers among these who are not absent on a day, by id. */
async function presentOn(day: LocalDate, ids: string[]) {
	if (ids.length === 0) return new Map<string, { id: string; name: string; hasPhoto: boolean }>();
	const isAbsent = db()
		.select({ id: absences.id })
		.from(absences)
		.where(and(eq(absences.accountId, officers.accountId), lte(absences.fromDay, day), gte(absences.toDay, day)));
	const rows = await db()
		.select({ id: officers.id, name: officers.name, photoKey: officers.photoKey })
		.from(officers)
		.where(and(inArray(officers.id, ids), eq(officers.active, true), not(exists(isAbsent))));
	return new Map(rows.map(({ id, name, photoKey }) => [id, { id, name, hasPhoto: photoKey !== null }]));
}
