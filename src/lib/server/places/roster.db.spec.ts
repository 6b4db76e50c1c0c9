import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { rosterShifts, officers } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound, type Invalid } from '#lib/server/errors.ts';
import { changeOfficer } from '#lib/server/people/officers/officers.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { officerOnDuty } from './duty.ts';
import { renewPlace } from './places.ts';
import { desksOf, rosterOf } from './roster.ts';
import { addDayShift, addWeekShifts, changeShift, copyWeekday, removeShift } from './roster-shifts.ts';
import { failure, logOf } from '#lib/dev/testing/outcomes.ts';
import { atTime } from '#lib/dev/testing/office.ts';

// A Wednesday, 09:00 in Makassar.
const NINE = new Date('2026-11-25T01:00:00Z');

async function makeOffice() {
	const unit = await makeUnit();
	return {
		unit,
		desk: await makePlace(unit.id, { kind: 'desk' }),
		ayu: await makeOfficer(unit.id, 'Ayu Contoh'),
		budi: await makeOfficer(unit.id, 'Budi Contoh'),
		admin: await makeActor([[unit.id, 'admin']]),
		supervisor: await makeActor([[unit.id, 'supervisor']]),
		handler: await makeActor([[unit.id, 'handler']]),
		stranger: await makeActor([[(await makeUnit()).id, 'admin', 'supervisor']])
	};
}

const shift = (officer: { id: string }, startsAt = '08:00', endsAt = '12:00') => ({
	officerId: officer.id,
	startsAt,
	endsAt
});

const issuesOf = async (work: Promise<unknown>) => ((await failure(work)) as Invalid | undefined)?.issues;
const lastLogged = async (desk: { code: string }) => (await logOf(desk.code)).at(-1);
const shiftsOf = (desk: { id: string }) => db().select().from(rosterShifts).where(eq(rosterShifts.placeId, desk.id));
const weekOf = async (desk: { id: string }) => {
	const rows = await shiftsOf(desk);
	return rows.map(({ weekday, startsAt }) => `${weekday} ${startsAt}`).sort();
};

describe('weekly shifts', () => {
	it('adds one shift on several weekdays and logs each with officer and times', async () => {
		const { desk, ayu, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1', '3', '3'] });
		expect(await weekOf(desk)).toEqual(['1 08:00', '3 08:00']);
		expect(await logOf(desk.code)).toHaveLength(2);
		expect(await lastLogged(desk)).toMatchObject({
			action: 'roster.added',
			after: { officer: 'Ayu Contoh', weekday: 3, from: '08:00', to: '12:00' }
		});
	});

	it('refuses a shift that overlaps another, names that shift’s officer, and stores none of the weekdays', async () => {
		const { desk, ayu, budi, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['3'] });
		const refused = addWeekShifts(admin, desk.id, { ...shift(budi, '11:00', '15:00'), weekdays: ['1', '3'] });
		expect(await issuesOf(refused)).toEqual([
			{ path: '', code: 'roster_overlap', params: { name: 'Ayu Contoh', from: '08:00', to: '12:00' } }
		]);
		expect(await weekOf(desk)).toEqual(['3 08:00']);
		await addWeekShifts(admin, desk.id, { ...shift(budi, '12:00', '15:00'), weekdays: ['3'] });
		expect(await weekOf(desk)).toEqual(['3 08:00', '3 12:00']);
	});

	it('stores only one of several concurrent overlapping shifts', async () => {
		const { desk, ayu, budi, admin } = await makeOffice();
		const tries = await Promise.allSettled(
			[ayu, budi, ayu, budi].map((one) => addWeekShifts(admin, desk.id, { ...shift(one), weekdays: ['5'] }))
		);
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await weekOf(desk)).toEqual(['5 08:00']);
	});

	it('accepts only active officers of the desk’s unit', async () => {
		const { desk, ayu, admin } = await makeOffice();
		const elsewhere = await makeOfficer((await makeUnit()).id);
		const wrong = [{ path: 'officerId', code: 'roster_officer' }];
		expect(await issuesOf(addWeekShifts(admin, desk.id, { ...shift(elsewhere), weekdays: ['1'] }))).toEqual(wrong);
		await db().update(officers).set({ active: false }).where(eq(officers.id, ayu.id));
		expect(await issuesOf(addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1'] }))).toEqual(wrong);
	});

	it('changes a shift that overlaps only itself, and removes a shift', async () => {
		const { desk, ayu, budi, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1'] });
		const [stored] = await shiftsOf(desk);
		const id = stored?.id ?? '';
		await changeShift(admin, desk.id, id, shift(budi, '09:00', '13:00'));
		expect(await lastLogged(desk)).toMatchObject({
			action: 'roster.changed',
			before: { officer: 'Ayu Contoh', weekday: 1, from: '08:00', to: '12:00' },
			after: { officer: 'Budi Contoh', weekday: 1, from: '09:00', to: '13:00' }
		});
		await removeShift(admin, desk.id, id);
		expect(await weekOf(desk)).toEqual([]);
		expect(await lastLogged(desk)).toMatchObject({ action: 'roster.removed', after: null });
		await expect(removeShift(admin, desk.id, id)).rejects.toThrow(Conflict);
	});

	it('refuses a change that was loaded before a colleague changed or removed the shift', async () => {
		const { desk, ayu, budi, admin, supervisor } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1'] });
		const load = async () => (await rosterOf(supervisor, desk.id, 'supervisor')).week[0];
		const loaded = await load();
		const [id, seen] = [loaded?.id ?? '', loaded?.seen];
		const longer = { ...shift(ayu, '08:00', '13:00'), seen };
		await changeShift(admin, desk.id, id, { ...shift(budi), seen });
		await changeShift(admin, desk.id, id, { ...shift(budi), seen });
		await expect(changeShift(admin, desk.id, id, longer)).rejects.toMatchObject({ code: 'stale' });
		expect(await load()).toMatchObject({ officerId: budi.id, endsAt: '12:00' });
		await removeShift(admin, desk.id, id);
		const late = changeShift(admin, desk.id, id, longer);
		await expect(late).rejects.toMatchObject({ present: { reason: 'roster_gone' } });
	});

	it('copies a weekday and replaces the shifts of the target weekdays', async () => {
		const { desk, ayu, budi, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1'] });
		await addWeekShifts(admin, desk.id, { ...shift(budi, '12:00', '15:00'), weekdays: ['1'] });
		await addWeekShifts(admin, desk.id, { ...shift(budi, '10:00', '11:00'), weekdays: ['2', '4'] });
		await copyWeekday(admin, desk.id, { from: '1', to: ['1', '2', '3'] });
		expect(await weekOf(desk)).toEqual(['1 08:00', '1 12:00', '2 08:00', '2 12:00', '3 08:00', '3 12:00', '4 10:00']);
		expect(await issuesOf(copyWeekday(admin, desk.id, { from: '7', to: ['1'] }))).toEqual([
			{ path: 'from', code: 'roster_copy_empty' }
		]);
	});
});

describe('shifts for a single day', () => {
	it('a supervisor adds one from today on, and it takes precedence over the weekly shift', async () => {
		const { desk, ayu, budi, admin, supervisor } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['3'] });
		const today = { ...shift(budi), day: '2026-11-25' };
		await atTime(NINE, () => addDayShift(supervisor, desk.id, today));
		expect((await atTime(NINE, () => officerOnDuty(desk.id)))?.id).toBe(budi.id);
		expect(await lastLogged(desk)).toMatchObject({
			action: 'roster.added',
			after: { officer: 'Budi Contoh', day: '2026-11-25' }
		});
		const yesterday = atTime(NINE, () => addDayShift(supervisor, desk.id, { ...today, day: '2026-11-24' }));
		expect(await issuesOf(yesterday)).toEqual([{ path: 'day', code: 'roster_past' }]);
		const { coming, onDuty, current } = await atTime(NINE, () => rosterOf(supervisor, desk.id, 'supervisor'));
		expect([coming.length, onDuty, current?.id]).toEqual([1, 'Budi Contoh', coming[0]?.id]);
	});

	it('a past shift is kept and cannot be removed', async () => {
		const { desk, budi, supervisor } = await makeOffice();
		await atTime(NINE, () => addDayShift(supervisor, desk.id, { ...shift(budi), day: '2026-11-25' }));
		const tomorrow = new Date('2026-11-26T01:00:00Z');
		const { past, coming } = await atTime(tomorrow, () => rosterOf(supervisor, desk.id, 'supervisor'));
		expect([past.length, coming.length]).toEqual([1, 0]);
		const removing = atTime(tomorrow, () => removeShift(supervisor, desk.id, past[0]?.id ?? ''));
		await expect(removing).rejects.toThrow(Conflict);
		expect(await weekOf(desk)).toHaveLength(1);
	});
});

describe('access to the roster', () => {
	it('administrators plan weeks; supervisors change single days; handlers only read; strangers get NotFound', async () => {
		const { desk, ayu, admin, supervisor, handler, stranger } = await makeOffice();
		const day = { ...shift(ayu), day: '2026-11-27' };
		for (const actor of [supervisor, handler, stranger]) {
			await expect(addWeekShifts(actor, desk.id, { ...shift(ayu), weekdays: ['1'] })).rejects.toThrow(NotFound);
			await expect(copyWeekday(actor, desk.id, { from: '1', to: ['2'] })).rejects.toThrow(NotFound);
		}
		for (const actor of [handler, stranger]) {
			await expect(atTime(NINE, () => addDayShift(actor, desk.id, day))).rejects.toThrow(NotFound);
		}
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['1'] });
		const [weekly] = await shiftsOf(desk);
		for (const actor of [supervisor, handler, stranger]) {
			await expect(removeShift(actor, desk.id, weekly?.id ?? '')).rejects.toThrow(NotFound);
			await expect(changeShift(actor, desk.id, weekly?.id ?? '', shift(ayu))).rejects.toThrow(NotFound);
		}
		await expect(rosterOf(stranger, desk.id, 'admin', 'supervisor', 'handler')).rejects.toThrow(NotFound);
		expect((await rosterOf(handler, desk.id, 'handler')).may).toEqual({ planWeek: false, planDay: false });
		expect((await desksOf(handler)).map(({ id }) => id)).toEqual([desk.id]);
		expect((await desksOf(stranger)).map(({ id }) => id)).not.toContain(desk.id);
	});

	it('the roster stays with the desk when it gets a new code', async () => {
		const { desk, ayu, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['3'] });
		await renewPlace(admin, desk);
		expect((await atTime(NINE, () => officerOnDuty(desk.id)))?.id).toBe(ayu.id);
	});

	it('the shift of an officer who left is still shown, but no officer is on duty', async () => {
		const { desk, ayu, admin } = await makeOffice();
		await addWeekShifts(admin, desk.id, { ...shift(ayu), weekdays: ['3'] });
		await changeOfficer(admin, ayu.id, { name: ayu.name });
		const roster = await atTime(NINE, () => rosterOf(admin, desk.id, 'admin'));
		expect(roster.week).toMatchObject([{ officer: 'Ayu Contoh', officerInactive: true }]);
		expect([roster.onDuty, roster.current?.officerInactive]).toEqual([null, true]);
		expect(roster.officers.map(({ name }) => name)).toEqual(['Budi Contoh']);
	});
});
