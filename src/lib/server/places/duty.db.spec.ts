import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import type { Weekday } from '#lib/calendar/days.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { rosterShifts, officers, places } from '#lib/server/db/schema/units.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { desksWithoutOfficer, dutyByDesk, dutyUntil, officerOnDuty } from './duty.ts';

// A Wednesday, 09:00 in Makassar (UTC+8) and 10:00 in Jayapura (UTC+9).
const DAY = '2026-11-25';
const NINE = new Date('2026-11-25T01:00:00Z');

/** Makes an office with a desk that belongs to one officer, and a second officer. */
async function makeDesk(timeZone?: string) {
	const unit = await makeUnit(timeZone ? { timeZone } : {});
	const owner = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: owner.id });
	return { unit, owner, other: await makeOfficer(unit.id), desk };
}

const plan = (...shifts: (typeof rosterShifts.$inferInsert)[]) => db().insert(rosterShifts).values(shifts);
const shift = (placeId: string, officerId: string, when: { weekday: Weekday } | { day: string }, from = '08:00') => ({
	placeId,
	officerId,
	startsAt: from,
	endsAt: '10:00',
	...when
});

it('the officer of a desk can’t change before a shift begins or ends there, or the day ends', async () => {
	const { unit, desk, other } = await makeDesk();
	const until = (time: string) => atTime(new Date(`${DAY}T${time}:00Z`), () => dutyUntil(unit, desk.id));
	expect(await until('01:00')).toEqual(new Date('2026-11-25T16:00:00Z'));
	const evening = { ...shift(desk.id, other.id, { day: DAY }, '20:00'), endsAt: '24:00' };
	await plan(shift(desk.id, other.id, { weekday: 3 }), shift(desk.id, other.id, { weekday: 4 }, '09:00'), evening);
	expect(await until('01:00')).toEqual(new Date('2026-11-25T02:00:00Z'));
	expect(await until('02:00')).toEqual(new Date('2026-11-25T12:00:00Z'));
	expect(await until('13:00')).toEqual(new Date('2026-11-25T16:00:00Z'));
});

it('a desk that the roster serves is not without an officer, unless that officer serves no longer', async () => {
	const { unit, other } = await makeDesk();
	const left = await makeOfficer(unit.id, 'Eko Contoh');
	await db().update(officers).set({ active: false }).where(eq(officers.id, left.id));
	const makeLoket = () => makePlace(unit.id, { kind: 'desk' });
	const [served, past, leftBehind] = [await makeLoket(), await makeLoket(), await makeLoket()];
	await plan(shift(served.id, other.id, { weekday: 3 }), shift(leftBehind.id, left.id, { weekday: 3 }));
	await plan(shift(past.id, other.id, { day: '2026-11-24' }));
	const found = await atTime(NINE, () => desksWithoutOfficer(unit.id));
	expect(new Set(found.map(({ id }) => id))).toEqual(new Set([past.id, leftBehind.id]));
});

describe('officerOnDuty', () => {
	it('returns the officer of the current shift, otherwise the desk’s own officer', async () => {
		const { desk, owner, other } = await makeDesk();
		expect(await atTime(NINE, () => officerOnDuty(desk.id))).toEqual({ id: owner.id, name: owner.name });
		await plan(shift(desk.id, other.id, { weekday: 3 }));
		expect(await atTime(NINE, () => officerOnDuty(desk.id))).toEqual({ id: other.id, name: other.name });
		expect((await atTime(new Date('2026-11-25T02:00:00Z'), () => officerOnDuty(desk.id)))?.id).toBe(owner.id);
		expect((await atTime(new Date('2026-11-26T01:00:00Z'), () => officerOnDuty(desk.id)))?.id).toBe(owner.id);
	});

	it('reads shifts by the clock of the office’s time zone', async () => {
		const { desk, other, owner } = await makeDesk('Asia/Jayapura');
		await plan(shift(desk.id, other.id, { weekday: 3 }));
		expect((await atTime(NINE, () => officerOnDuty(desk.id)))?.id).toBe(owner.id);
		expect((await atTime(new Date('2026-11-25T00:59:59Z'), () => officerOnDuty(desk.id)))?.id).toBe(other.id);
		// 00:30 in Jayapura is still 23:30 of the previous day in Makassar.
		await plan({ ...shift(desk.id, other.id, { day: '2026-11-26' }, '00:00'), endsAt: '01:00' });
		expect((await atTime(new Date('2026-11-25T15:30:00Z'), () => officerOnDuty(desk.id)))?.id).toBe(other.id);
	});

	it('prefers a shift for a single day to a weekly shift', async () => {
		const { unit, desk, other } = await makeDesk();
		const third = await makeOfficer(unit.id);
		await plan(shift(desk.id, other.id, { weekday: 3 }), shift(desk.id, third.id, { day: DAY }));
		expect((await atTime(NINE, () => officerOnDuty(desk.id)))?.id).toBe(third.id);
		expect((await atTime(new Date('2026-12-02T01:00:00Z'), () => officerOnDuty(desk.id)))?.id).toBe(other.id);
	});

	it('returns null if the officer is inactive or absent, on the first and last day of the absence too', async () => {
		const { desk, owner } = await makeDesk();
		const { accountId } = await makeActor([], owner.id);
		await db()
			.insert(absences)
			.values({ accountId: accountId ?? '', fromDay: '2026-11-24', toDay: DAY });
		expect(await atTime(NINE, () => officerOnDuty(desk.id))).toBeNull();
		// Midnight in Makassar.
		expect((await atTime(new Date('2026-11-25T16:00:00Z'), () => officerOnDuty(desk.id)))?.id).toBe(owner.id);
		expect(await atTime(new Date('2026-11-25T15:59:59Z'), () => officerOnDuty(desk.id))).toBeNull();
		await db().update(officers).set({ active: false }).where(eq(officers.id, owner.id));
		expect(await atTime(new Date('2026-11-25T16:00:00Z'), () => officerOnDuty(desk.id))).toBeNull();
	});

	it('returns null for a withdrawn place, for a place that is no desk, and for an unknown place', async () => {
		const { unit, desk, owner } = await makeDesk();
		const poster = await makePlace(unit.id, { kind: 'poster' });
		await plan(shift(poster.id, owner.id, { weekday: 3 }));
		expect(await atTime(NINE, () => officerOnDuty(poster.id))).toBeNull();
		await db().update(places).set({ withdrawnAt: NINE }).where(eq(places.id, desk.id));
		expect(await atTime(NINE, () => officerOnDuty(desk.id))).toBeNull();
		expect(await atTime(NINE, () => officerOnDuty('00000000-0000-4000-8000-000000000000'))).toBeNull();
	});
});

describe('dutyByDesk', () => {
	it('lists an officer of two desks twice, and no officer of another office', async () => {
		const unit = await makeUnit();
		const zaenal = await makeOfficer(unit.id, 'Zaenal Contoh');
		const ayu = await makeOfficer(unit.id, 'Ayu Contoh');
		const first = await makePlace(unit.id, { kind: 'desk', officerId: zaenal.id });
		const second = await makePlace(unit.id, { kind: 'desk', officerId: zaenal.id });
		const third = await makePlace(unit.id, { kind: 'desk' });
		await makeDesk();
		await plan(shift(third.id, ayu.id, { weekday: 3 }));
		const onDuty = ({ id, name }: typeof ayu, desk: typeof first) => ({
			id,
			name,
			hasPhoto: false,
			placeId: desk.id,
			placeName: desk.name
		});
		expect(await atTime(NINE, () => dutyByDesk(unit.id))).toEqual([
			onDuty(zaenal, first),
			onDuty(zaenal, second),
			onDuty(ayu, third)
		]);
		expect((await atTime(NINE, () => officerOnDuty(second.id)))?.id).toBe(zaenal.id);
		const thursday = await atTime(new Date('2026-11-26T01:00:00Z'), () => dutyByDesk(unit.id));
		expect(thursday.map((one) => one.placeId)).toEqual([first.id, second.id]);
	});
});
