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
import { PLANS } from './roster-shifts.ts';

/** How long a single day stays on the page after it. */
const SHOWN_DAYS = 31;

/** The roster of a desk in use, for those who hold one of the roles in its office. @throws NotFound */
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
		officerOnDuty(placeId, at)
	]);
	const { start: startsAt, end: endsAt } = hoursOn(moment.day, found.hours);
	const single = shifts.filter((shift) => shift.day !== null);
	return {
		desk: found.desk,
		unit: found.unit,
		/** Now, by the clock of the office. */
		moment,
		/** Who is named to a citizen who scans the desk's code now. */
		onDuty: onDuty?.name ?? null,
		/** The shift that holds now, whether its officer is there or not. */
		current: shiftAt(shifts, moment),
		/** The desk's own officer: on duty where no shift says otherwise. */
		own: found.own,
		/** Of every week, by weekday and time. */
		week: shifts.filter((shift) => shift.day === null),
		/** Single days from today on, and those lately past, each by day and time. */
		coming: single.filter((shift) => (shift.day ?? '') >= moment.day),
		past: single.filter((shift) => (shift.day ?? '') < moment.day).reverse(),
		/** Today's office hours: what most shifts are about. */
		usual: { startsAt, endsAt },
		/** Who can be given a shift. */
		officers: staff,
		may: {
			planWeek: holds(actor, found.unitId, ...PLANS.week),
			planDay: holds(actor, found.unitId, ...PLANS.day)
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

/** Those of every week, and of single days from `since` on. */
async function shiftsOf(placeId: string, since: string): Promise<RosterShift[]> {
	const { placeId: _, ...shift } = getTableColumns(rosterShifts);
	return db()
		.select({ ...shift, officer: officers.name, gone: sql<boolean>`not ${officers.active}` })
		.from(rosterShifts)
		.innerJoin(officers, eq(officers.id, rosterShifts.officerId))
		.where(and(eq(rosterShifts.placeId, placeId), or(isNull(rosterShifts.day), gte(rosterShifts.day, since))))
		.orderBy(asc(rosterShifts.day), asc(rosterShifts.weekday), asc(rosterShifts.startsAt));
}

/** The desks of the offices whose cases the actor handles or supervises, by office and name, with who is there now. */
export async function desksOf(actor: Actor) {
	const reach = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	const desks = await db()
		.select({ id: places.id, name: places.name, unit: units.name })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(inArray(places.unitId, reach), isDesk, units.active))
		.orderBy(asc(units.code), asc(places.name), asc(places.id));
	const present = (await Promise.all(reach.map((unitId) => dutyByDesk(unitId, now())))).flat();
	const names = new Map(present.map((one) => [one.placeId, one.name]));
	return desks.map((desk) => ({ ...desk, onDuty: names.get(desk.id) ?? null }));
}
