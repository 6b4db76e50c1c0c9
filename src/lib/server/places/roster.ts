import { and, asc, eq, getTableColumns, gte, inArray, isNull, or, sql } from 'drizzle-orm';
import { addDays, localDate, localTime } from '#lib/calendar/days.ts';
import { hoursOn } from '#lib/calendar/workday-hours.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { shiftAt } from '#lib/places/duty.ts';
import type { RosterShift } from '#lib/places/roster.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { rosterShifts, officers, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { dutyByDesk, officerOnDuty, isDesk } from './duty.ts';
import { PLANNING_ROLES } from './roster-shifts.ts';

/** Number of days for which past single-day shifts are shown. */
const SHOWN_DAYS = 31;

/** Returns the roster of a desk in use to actors with one of these roles in its unit. @throws NotFound */
export async function rosterOf(actor: Actor, placeId: string, ...roles: Role[]) {
	const found = await deskOf(placeId);
	if (!found || !holds(actor, found.unitId, ...roles)) throw new NotFound(`desk ${placeId}`);
	const at = now();
	const moment = { day: localDate(at, found.zone), time: localTime(at, found.zone) };
	const [shifts, staff, onDuty] = await Promise.all([
		shiftsOf(placeId, addDays(moment.day, -SHOWN_DAYS)),
		db()
			.select({ id: officers.id, name: officers.name })
			.from(officers)
			.where(and(eq(officers.unitId, found.unitId), eq(officers.active, true)))
			.orderBy(asc(officers.name), asc(officers.id)),
		officerOnDuty(placeId)
	]);
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
		officers: staff,
		may: {
			planWeek: holds(actor, found.unitId, ...PLANNING_ROLES.week),
			planDay: holds(actor, found.unitId, ...PLANNING_ROLES.day)
		}
	};
}

async function deskOf(placeId: string) {
	const [row] = await db()
		.select({
			desk: { id: places.id, name: places.name, code: places.code },
			unit: { name: units.name, code: units.code },
			unitId: units.id,
			zone: units.timeZone,
			hours: units.hours,
			own: officers.name
		})
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.leftJoin(officers, eq(officers.id, places.officerId))
		.where(and(isId(places.id, placeId), isDesk));
	return row;
}

/** The weekly shifts, and the shifts of single days from `since` on. */
async function shiftsOf(placeId: string, since: string): Promise<RosterShift[]> {
	const { placeId: _, ...shift } = getTableColumns(rosterShifts);
	return db()
		.select({ ...shift, officer: officers.name, gone: sql<boolean>`not ${officers.active}` })
		.from(rosterShifts)
		.innerJoin(officers, eq(officers.id, rosterShifts.officerId))
		.where(and(eq(rosterShifts.placeId, placeId), or(isNull(rosterShifts.day), gte(rosterShifts.day, since))))
		.orderBy(asc(rosterShifts.day), asc(rosterShifts.weekday), asc(rosterShifts.startsAt));
}

/**
 * The desks of the units where the actor is handler or supervisor, by unit and name, each with the officer on duty now.
 */
export async function desksOf(actor: Actor) {
	const reach = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	const desks = await db()
		.select({ id: places.id, name: places.name, unit: units.name })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(inArray(places.unitId, reach), isDesk, units.active))
		.orderBy(asc(units.code), asc(places.name), asc(places.id));
	const present = (await Promise.all(reach.map((unitId) => dutyByDesk(unitId)))).flat();
	const names = new Map(present.map((one) => [one.placeId, one.name]));
	return desks.map((desk) => ({ ...desk, onDuty: names.get(desk.id) ?? null }));
}
