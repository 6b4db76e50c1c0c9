import { and, asc, eq, getTableColumns, gte, isNull, or, sql } from 'drizzle-orm';
import { addDays, localDate, localTime } from '#lib/calendar/days.ts';
import { hoursOn } from '#lib/calendar/workday-hours.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { shiftAt } from '#lib/places/duty.ts';
import type { RosterShift } from '#lib/places/roster.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { rosterShifts, officers } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { caseRoleUnits, holds, type Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { byCode } from '#lib/server/people/units/find-unit.ts';
import { dutyByDesk, officerOnDuty, isDesk } from './duty.ts';
import { PLANNING_ROLES, seenOfShift } from './roster-shifts.ts';

/** Number of days for which past single-day shifts are shown. */
const SHOWN_DAYS = 31;

/** Returns the roster of a desk in use to actors with one of these roles in its unit. @throws NotFound */
export async function rosterOf(actor: Actor, placeId: string, ...roles: Role[]) {
	const found = await deskOf(placeId);
	if (!found || !holds(actor, found.unitId, ...roles)) throw new NotFound(`desk ${placeId}`);
	const at = now();
	const moment = { day: localDate(at, found.zone), time: localTime(at, found.zone) };
	const shifts = await shiftsOf(placeId, addDays(moment.day, -SHOWN_DAYS));
	const staff = (await referenceData()).officers.filter(({ unitId, active }) => active && unitId === found.unitId);
	const onDuty = await officerOnDuty(placeId);
	const { start: startsAt, end: endsAt } = hoursOn(moment.day, found.hours);
	const single = shifts.filter((shift) => shift.day !== null);
	return {
		desk: found.desk,
		unit: found.unit,
		/** The current day and time in the unit's time zone. */
		moment,
		/** The officer proposed to a citizen who scans the desk's code now. */
		onDuty: onDuty?.name ?? null,
		/** The current shift, whether or not its officer is present. */
		current: shiftAt(shifts, moment),
		/** The desk's own officer, who is on duty when there is no shift. */
		own: found.own,
		/** Weekly shifts, by weekday and time. */
		week: shifts.filter((shift) => shift.day === null),
		/** Shifts for single days: from today on, and recent past ones with the latest first. */
		coming: single.filter((shift) => (shift.day ?? '') >= moment.day),
		past: single.filter((shift) => (shift.day ?? '') < moment.day).reverse(),
		/** Today's office hours, proposed as the times of a new shift. */
		usual: { startsAt, endsAt },
		officers: staff.map(({ id, name }) => ({ id, name })),
		may: {
			planWeek: holds(actor, found.unitId, ...PLANNING_ROLES.week),
			planDay: holds(actor, found.unitId, ...PLANNING_ROLES.day)
		}
	};
}

async function deskOf(placeId: string) {
	const { placeById, unitById, officerById } = await referenceData();
	const desk = placeById.get(placeId);
	const unit = unitById.get(desk?.unitId ?? '');
	if (!desk || !unit || !isDesk(desk)) return undefined;
	return {
		desk: { id: desk.id, name: desk.name },
		unit: { name: unit.name },
		unitId: unit.id,
		zone: unit.timeZone,
		hours: unit.hours,
		own: officerById.get(desk.officerId ?? '')?.name ?? null
	};
}

/** The weekly shifts, and the shifts of single days from `since` on. */
async function shiftsOf(placeId: string, since: string): Promise<RosterShift[]> {
	const { placeId: _, ...shift } = getTableColumns(rosterShifts);
	const shifts = await db()
		.select({ ...shift, officer: officers.name, officerInactive: sql<boolean>`not ${officers.active}` })
		.from(rosterShifts)
		.innerJoin(officers, eq(officers.id, rosterShifts.officerId))
		.where(and(eq(rosterShifts.placeId, placeId), or(isNull(rosterShifts.day), gte(rosterShifts.day, since))))
		.orderBy(asc(rosterShifts.day), asc(rosterShifts.weekday), asc(rosterShifts.startsAt));
	return shifts.map((one) => ({ ...one, seen: seenOfShift(one) }));
}

/**
 * The desks of the units where the actor is handler or supervisor, by unit and name, each with the officer on duty now.
 */
export async function desksOf(actor: Actor) {
	const reach = caseRoleUnits(actor);
	const { units, unitById, places } = await referenceData();
	const offices = units.filter(({ id }) => reach.includes(id)).toSorted(byCode);
	const desks = offices.flatMap((unit) => places.filter((place) => place.unitId === unit.id && isDesk(place)));
	const present = (await Promise.all(reach.map((unitId) => dutyByDesk(unitId)))).flat();
	const names = new Map(present.map((one) => [one.placeId, one.name]));
	return desks.map(({ id, name, unitId }) => {
		const unit = unitById.get(unitId)?.name ?? '';
		return { id, name, unit, onDuty: names.get(id) ?? null };
	});
}
