import { and, eq, getTableColumns, inArray, isNull, ne } from 'drizzle-orm';
import { localDate, type Weekday } from '#lib/calendar/days.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Shift } from '#lib/places/duty.ts';
import { crossing, dayCopy, dayShiftInput, shiftChange, weekShiftInput } from '#lib/places/roster.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { rosterShifts, officers, places, units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { isDesk } from './duty.ts';

/** Who plans the weeks, and who also finds a stand-in for one day: somebody falls ill when no administrator is there. */
export const PLANS: Record<'week' | 'day', readonly Role[]> = { week: ['admin'], day: ['admin', 'supervisor'] };

type Desk = Awaited<ReturnType<typeof lockedDesk>>;

/** Puts one shift on the given days of every week. @throws as `addDayShift` */
export async function addWeekShifts(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const { weekdays, ...shift } = checked(weekShiftInput, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'week');
		const days = [...new Set(weekdays)].sort();
		for (const weekday of days) await insertShift(tx, actor, desk, { ...shift, weekday, day: null });
	});
}

/**
 * Puts a shift on one day, today or later, where it goes before the week's.
 * @throws NotFound if the desk is out of use or not the actor's to plan
 * @throws Invalid `roster_officer`, `roster_past`, and `roster_overlap` with whose shift it meets
 */
export async function addDayShift(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const shift = checked(dayShiftInput, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'day');
		if (shift.day < desk.today) throw new Invalid([{ path: 'day', code: 'roster_past' }]);
		await insertShift(tx, actor, desk, { ...shift, weekday: null });
	});
}

/** Gives a shift to another officer or other times. @throws as `addDayShift` · Conflict if it is gone or past */
export async function changeShift(actor: Actor, placeId: string, shiftId: string, raw: unknown): Promise<void> {
	const change = checked(shiftChange, raw);
	await transaction(async (tx) => {
		const { desk, shift } = await standingShift(tx, actor, placeId, shiftId);
		const changed = { ...shift, ...change };
		await refuseShift(tx, desk, changed, shift.id);
		await tx.update(rosterShifts).set(change).where(eq(rosterShifts.id, shift.id));
		const words = { before: await inWords(tx, shift), after: await inWords(tx, changed) };
		await recordChange(tx, actor, { ...desk.about, action: 'roster.changed', ...words });
	});
}

/** Takes a shift out. @throws NotFound · Conflict if it is gone already or past: who sat there then stays known */
export async function removeShift(actor: Actor, placeId: string, shiftId: string): Promise<void> {
	await transaction(async (tx) => {
		const { desk, shift } = await standingShift(tx, actor, placeId, shiftId);
		await tx.delete(rosterShifts).where(eq(rosterShifts.id, shift.id));
		await recordChange(tx, actor, { ...desk.about, action: 'roster.removed', before: await inWords(tx, shift) });
	});
}

/**
 * Gives weekdays the shifts of another one, in place of what they had.
 * @throws NotFound · Invalid `roster_copy_empty` if that day has none
 */
export async function copyWeekday(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const { from, to } = checked(dayCopy, raw);
	await transaction(async (tx) => {
		const desk = await lockedDesk(tx, actor, placeId, 'week');
		const shifts = await tx
			.select()
			.from(rosterShifts)
			.where(onWeekdays(desk, [from]));
		if (shifts.length === 0) throw new Invalid([{ path: 'from', code: 'roster_copy_empty' }]);
		const targets = [...new Set(to)].filter((weekday) => weekday !== from).sort();
		const gone = await tx.delete(rosterShifts).where(onWeekdays(desk, targets)).returning();
		for (const shift of gone)
			await recordChange(tx, actor, { ...desk.about, action: 'roster.removed', before: await inWords(tx, shift) });
		for (const weekday of targets) {
			for (const { officerId, startsAt, endsAt } of shifts) {
				await insertShift(tx, actor, desk, { officerId, startsAt, endsAt, weekday, day: null });
			}
		}
	});
}

const onWeekdays = (desk: Desk, weekdays: readonly Weekday[]) =>
	and(eq(rosterShifts.placeId, desk.id), isNull(rosterShifts.day), inArray(rosterShifts.weekday, [...weekdays]));

/** The desk while its roster changes: two who plan it at once wait for each other, ratings given there don't. */
async function lockedDesk(tx: Tx, actor: Actor, placeId: string, plan: 'week' | 'day') {
	const [desk] = await tx
		.select({ id: places.id, code: places.code, unitId: places.unitId, zone: units.timeZone })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(isId(places.id, placeId), isDesk))
		.for('no key update', { of: places });
	if (!desk || !holds(actor, desk.unitId, ...PLANS[plan])) throw new NotFound(`desk ${placeId}`);
	const today = localDate(now(), desk.zone);
	return { ...desk, today, about: { unitId: desk.unitId, subject: desk.code } };
}

async function standingShift(tx: Tx, actor: Actor, placeId: string, shiftId: string) {
	const desk = await lockedDesk(tx, actor, placeId, 'day');
	const [shift] = await tx
		.select()
		.from(rosterShifts)
		.where(and(isId(rosterShifts.id, shiftId), eq(rosterShifts.placeId, desk.id)));
	if (!shift) throw new Conflict('stale');
	if (shift.day === null && !holds(actor, desk.unitId, ...PLANS.week)) throw new NotFound(`shift ${shiftId}`);
	if (shift.day !== null && shift.day < desk.today) throw new Conflict('invalid-move', { reason: 'roster_past' });
	return { desk, shift };
}

async function insertShift(tx: Tx, actor: Actor, desk: Desk, shift: Shift): Promise<void> {
	await refuseShift(tx, desk, shift);
	await tx.insert(rosterShifts).values({ ...shift, placeId: desk.id });
	await recordChange(tx, actor, { ...desk.about, action: 'roster.added', after: await inWords(tx, shift) });
}

/** An officer serves at the desks of the own office; at one desk sits one person at a time. */
async function refuseShift(tx: Tx, desk: Desk, shift: Shift, except?: string): Promise<void> {
	const [officer] = await tx
		.select({ id: officers.id })
		.from(officers)
		.where(and(eq(officers.id, shift.officerId), eq(officers.unitId, desk.unitId), eq(officers.active, true)));
	if (!officer) throw new Invalid([{ path: 'officerId', code: 'roster_officer' }]);
	const others = await tx
		.select({ ...getTableColumns(rosterShifts), name: officers.name })
		.from(rosterShifts)
		.innerJoin(officers, eq(officers.id, rosterShifts.officerId))
		.where(and(eq(rosterShifts.placeId, desk.id), except ? ne(rosterShifts.id, except) : undefined));
	const met = crossing(shift, others);
	if (!met) return;
	const params = { name: met.name, from: met.startsAt, to: met.endsAt };
	// Of the whole: another day, officer or time would do.
	throw new Invalid([{ path: '', code: 'roster_overlap', params }]);
}

/** A shift as the log tells it. */
async function inWords(tx: Tx, { officerId, weekday, day, startsAt, endsAt }: Shift) {
	const [officer] = await tx.select({ name: officers.name }).from(officers).where(eq(officers.id, officerId));
	return { officer: officer?.name, ...(day === null ? { weekday } : { day }), from: startsAt, to: endsAt };
}
