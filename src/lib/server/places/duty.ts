import { and, asc, eq, isNull, exists, inArray, not, or, gte, lte, type SQL } from 'drizzle-orm';
import { localDate, localTime, weekday, type LocalDate } from '#lib/calendar/days.ts';
import { dutyAt } from '#lib/places/duty.ts';
import { db } from '#lib/server/db/index.ts';
import { places, officers, units, rosterShifts } from '#lib/server/db/schema/units.ts';
import { absences } from '#lib/server/db/schema/people.ts';

/** The condition for a desk that is in use. */
export const isDesk = and(eq(places.kind, 'desk'), isNull(places.withdrawnAt));

/** The desks of an office that are in use, by name; `officerId`: whose it is, where it is one person's. */
export async function desksAt(unitId: string) {
	return db()
		.select({ id: places.id, name: places.name, officerId: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), isDesk))
		.orderBy(asc(places.name), asc(places.id));
}

export type Desk = Awaited<ReturnType<typeof desksAt>>[number];

/** Somebody who sits at a desk at a moment. */
export type OfficerOnDuty = Awaited<ReturnType<typeof onDutyWhere>>[number];

/**
 * Who is on duty at a desk at a moment: by its roster, else its own officer. Null if nobody is known, the officer is
 * marked absent that day or works no longer, and where the place is out of use.
 */
export async function officerOnDuty(placeId: string, at: Date): Promise<{ id: string; name: string } | null> {
	const [found] = await onDutyWhere(eq(places.id, placeId), at);
	return found ? { id: found.id, name: found.name } : null;
}

/**
 * Lists who is on duty at an office's desks, by desk. An officer who covers two desks is listed twice. Desks without an officer
 * are left out.
 */
export function dutyByDesk(unitId: string, at: Date): Promise<OfficerOnDuty[]> {
	return onDutyWhere(eq(places.unitId, unitId), at);
}

/**
 * The officer whom a desk's own code or tablet proposes. A place without a desk proposes nobody, also where a single officer
 * is on duty: ratings of the whole office would count for that officer.
 */
export const officerOfDesk = (duty: readonly OfficerOnDuty[], placeId: string | undefined): OfficerOnDuty | undefined =>
	duty.find((one) => one.placeId === placeId);

/** One row for each place of one office that has somebody, by the places' names. */
async function onDutyWhere(which: SQL, at: Date) {
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
		const its = { officerId: desk.officerId, shifts: shifts.filter((shift) => shift.placeId === desk.id) };
		const who = present.get(dutyAt(its, moment, new Set(present.keys())) ?? '');
		return who ? [{ ...who, placeId: desk.id, placeName: desk.name }] : [];
	});
}

/** The shifts of desks that can hold on a day. */
async function shiftsOn(placeIds: string[], day: LocalDate) {
	const weekly = and(isNull(rosterShifts.day), eq(rosterShifts.weekday, weekday(day)));
	return db()
		.select()
		.from(rosterShifts)
		.where(and(inArray(rosterShifts.placeId, placeIds), or(eq(rosterShifts.day, day), weekly)));
}

/** Those of the officers who still work and are not marked absent on a day. */
async function presentOn(day: LocalDate, ids: string[]) {
	if (ids.length === 0) return new Map<string, { id: string; name: string; hasPhoto: boolean }>();
	const away = db()
		.select({ id: absences.id })
		.from(absences)
		.where(and(eq(absences.accountId, officers.accountId), lte(absences.fromDay, day), gte(absences.toDay, day)));
	const rows = await db()
		.select({ id: officers.id, name: officers.name, photoKey: officers.photoKey })
		.from(officers)
		.where(and(inArray(officers.id, ids), eq(officers.active, true), not(exists(away))));
	return new Map(rows.map(({ id, name, photoKey }) => [id, { id, name, hasPhoto: photoKey !== null }]));
}
