import { and, asc, eq, getTableColumns, inArray, isNull, ne } from 'drizzle-orm';
import { localDate, type Weekday } from '#lib/calendar/days.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Shift } from '#lib/places/duty.ts';
import { findOverlap, weekdayCopy, dayShiftInput, shiftChange, weekShiftInput } from '#lib/places/roster.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { rosterShifts, officers, places, units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';

/**
 * Roles that plan the weekly roster, and roles that add shifts for single days. Supervisors may add a stand-in when an
 * officer is ill and no administrator is present.
 */
export const PLANNING_ROLES: Record<'week' | 'day', readonly Role[]> = {
	week: ['admin'],
	day: ['admin', 'supervisor']
};

type Desk = Awaited<ReturnType<typeof lockedDesk>>;

/** Adds one shift on the given weekdays of every week. @throws as `addDayShift` */
export async function addWeekShifts(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const { weekdays, ...shift } = checked(weekShiftInput, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'week');
		const days = [...new Set(weekdays)].sort();
		for (const weekday of days) await insertShift(tx, actor, desk, { ...shift, weekday, day: null });
	});
}

/**
 * Adds a shift for one day, today or later. It takes precedence over the weekly shifts.
 * @throws NotFound if the desk is withdrawn or the actor may not plan it
 * @throws Invalid `roster_officer`, `roster_past`, or `roster_overlap` with the officer and times of the overlapping
 * shift
 */
export async function addDayShift(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const shift = checked(dayShiftInput, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'day');
		if (shift.day < desk.today) throw invalid('day', 'roster_past');
		await insertShift(tx, actor, desk, { ...shift, weekday: null });
	});
}

const SHIFT_FIELDS = ['officerId', 'startsAt', 'endsAt'];

/** What the form of a shift was loaded with (see `requireSeen`). */
export const seenOfShift = (shift: Shift): string => seenValues(shift, SHIFT_FIELDS);

/**
 * Changes the officer or times of a shift. @throws as `addDayShift` · Conflict `stale`, or if the shift was removed or is
 * past
 */
export async function changeShift(actor: Actor, placeId: string, shiftId: string, raw: unknown): Promise<void> {
	const change = checked(shiftChange, raw);
	await transaction(async (tx) => {
		const { desk, shift } = await changeableShift(tx, actor, placeId, shiftId);
		const changed = { ...shift, ...change };
		requireSeen(raw, shift, changed, SHIFT_FIELDS);
		await requireValidShift(tx, desk, changed, shift.id);
		await tx.update(rosterShifts).set(change).where(eq(rosterShifts.id, shift.id));
		const logged = { before: await shiftForLog(tx, shift), after: await shiftForLog(tx, changed) };
		await recordChange(tx, actor, { ...desk.about, action: 'roster.changed', ...logged });
	});
}

/**
 * Removes a shift.
 * @throws NotFound · Conflict if the shift was removed before or is past; past shifts remain as a record
 */
export async function removeShift(actor: Actor, placeId: string, shiftId: string): Promise<void> {
	await transaction(async (tx) => {
		const { desk, shift } = await changeableShift(tx, actor, placeId, shiftId);
		await tx.delete(rosterShifts).where(eq(rosterShifts.id, shift.id));
		await recordChange(tx, actor, { ...desk.about, action: 'roster.removed', before: await shiftForLog(tx, shift) });
	});
}

/**
 * Copies the shifts of one weekday to others, replacing their shifts.
 * @throws NotFound · Invalid `roster_copy_empty` if the copied weekday has no shift
 */
export async function copyWeekday(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const { from, to } = checked(weekdayCopy, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'week');
		const shifts = await tx
			.select()
			.from(rosterShifts)
			.where(onWeekdays(desk, [from]));
		if (shifts.length === 0) throw invalid('from', 'roster_copy_empty');
		const targets = [...new Set(to)].filter((weekday) => weekday !== from).sort();
		const removed = await tx.delete(rosterShifts).where(onWeekdays(desk, targets)).returning();
		for (const shift of removed)
			await recordChange(tx, actor, { ...desk.about, action: 'roster.removed', before: await shiftForLog(tx, shift) });
		for (const weekday of targets) {
			for (const { officerId, startsAt, endsAt } of shifts) {
				await insertShift(tx, actor, desk, { officerId, startsAt, endsAt, weekday, day: null });
			}
		}
	});
}

/**
 * Gives an officer's weekly shifts, and those of today or later, to another officer of the office, or removes them, and
 * logs each. Past shifts remain as a record.
 */
export async function giveShifts(tx: Tx, actor: Actor, from: string, to: string | null): Promise<void> {
	const shifts = await tx
		.select({ ...getTableColumns(rosterShifts), unitId: places.unitId, subject: places.code, zone: units.timeZone })
		.from(rosterShifts)
		.innerJoin(places, eq(places.id, rosterShifts.placeId))
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(eq(rosterShifts.officerId, from), isNull(places.withdrawnAt)))
		.orderBy(asc(places.id), asc(rosterShifts.id))
		.for('no key update', { of: [places, rosterShifts] });
	for (const { unitId, subject, zone, ...shift } of shifts) {
		if (shift.day !== null && shift.day < localDate(now(), zone)) continue;
		const [one, about] = [eq(rosterShifts.id, shift.id), { unitId, subject }];
		const before = await shiftForLog(tx, shift);
		if (to === null) {
			await tx.delete(rosterShifts).where(one);
			await recordChange(tx, actor, { ...about, action: 'roster.removed', before });
		} else {
			await tx.update(rosterShifts).set({ officerId: to }).where(one);
			const after = await shiftForLog(tx, { ...shift, officerId: to });
			await recordChange(tx, actor, { ...about, action: 'roster.changed', before, after });
		}
	}
}

const onWeekdays = (desk: Desk, weekdays: readonly Weekday[]) =>
	and(eq(rosterShifts.placeId, desk.id), isNull(rosterShifts.day), inArray(rosterShifts.weekday, [...weekdays]));

/** Locks a desk while its roster changes. Concurrent planners wait for each other; ratings given there do not wait. */
async function lockedDesk(tx: Tx, actor: Actor, placeId: string, plan: 'week' | 'day') {
	const [desk] = await tx
		.select({ id: places.id, code: places.code, unitId: places.unitId, zone: units.timeZone })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(isId(places.id, placeId), eq(places.kind, 'desk'), isNull(places.withdrawnAt)))
		.for('no key update', { of: places });
	if (!desk || !holds(actor, desk.unitId, ...PLANNING_ROLES[plan])) throw new NotFound(`desk ${placeId}`);
	const today = localDate(now(), desk.zone);
	return { ...desk, today, about: { unitId: desk.unitId, subject: desk.code } };
}

async function changeableShift(tx: Tx, actor: Actor, placeId: string, shiftId: string) {
	const desk = await lockedDesk(tx, actor, placeId, 'day');
	const [shift] = await tx
		.select()
		.from(rosterShifts)
		.where(and(isId(rosterShifts.id, shiftId), eq(rosterShifts.placeId, desk.id)));
	if (!shift) throw new Conflict('invalid-move', { reason: 'roster_gone' });
	if (shift.day === null && !holds(actor, desk.unitId, ...PLANNING_ROLES.week)) throw new NotFound(`shift ${shiftId}`);
	if (shift.day !== null && shift.day < desk.today) throw new Conflict('invalid-move', { reason: 'roster_past' });
	return { desk, shift };
}

async function insertShift(tx: Tx, actor: Actor, desk: Desk, shift: Shift): Promise<void> {
	await requireValidShift(tx, desk, shift);
	await tx.insert(rosterShifts).values({ ...shift, placeId: desk.id });
	await recordChange(tx, actor, { ...desk.about, action: 'roster.added', after: await shiftForLog(tx, shift) });
}

/** Refuses an officer who is not active at the desk's unit, and a shift that overlaps another. */
async function requireValidShift(tx: Tx, desk: Desk, shift: Shift, except?: string): Promise<void> {
	const [officer] = await tx
		.select({ id: officers.id })
		.from(officers)
		.where(and(eq(officers.id, shift.officerId), eq(officers.unitId, desk.unitId), eq(officers.active, true)));
	if (!officer) throw invalid('officerId', 'roster_officer');
	const others = await tx
		.select({ ...getTableColumns(rosterShifts), name: officers.name })
		.from(rosterShifts)
		.innerJoin(officers, eq(officers.id, rosterShifts.officerId))
		.where(and(eq(rosterShifts.placeId, desk.id), except ? ne(rosterShifts.id, except) : undefined));
	const overlapping = findOverlap(shift, others);
	if (!overlapping) return;
	const params = { name: overlapping.name, from: overlapping.startsAt, to: overlapping.endsAt };
	// The error belongs to no single field: another day, officer or time would all solve it.
	throw invalid('', 'roster_overlap', params);
}

async function shiftForLog(tx: Tx, { officerId, weekday, day, startsAt, endsAt }: Shift) {
	const [officer] = await tx.select({ name: officers.name }).from(officers).where(eq(officers.id, officerId));
	return { officer: officer?.name, ...(day === null ? { weekday } : { day }), from: startsAt, to: endsAt };
}
