import { eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '#lib/server/people/actor.ts';
import { unitByIdOrName } from '#lib/server/people/units/find-unit.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { act, atTime, clockOf, lastEntry, readCase, story } from '#lib/dev/testing/office.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { calendarDays } from '#lib/server/db/schema/clocks.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { askReporter } from '../conversation/message.ts';
import { sweepReporterTurns } from '../conversation/close-after-silence.ts';
import { lockCase } from '../find.ts';
import { changeCalendar } from './change-calendar.ts';
import { changeOffice } from './change-office.ts';
import { recomputeAgain } from './recompute-deadlines.ts';

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let reference: string;
beforeAll(async () => {
	unit = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
	// A Wednesday. Five working days end on the next Wednesday.
	({ reference } = await atTime('2026-10-07T02:00:00Z', () => makeCase(unit)));
});

const jobsOf = (why: string) =>
	queue().findJobs<JobPayloads['calendar-changed']>('calendar-changed', { data: { why } });
const firstReply = () => clockOf(reference, 'first_reply');

test('a new day off moves running deadlines at once and adds an entry to each affected case', async () => {
	expect((await firstReply())?.dueAt).toEqual(new Date('2026-10-14T08:00:00Z'));
	const day = { type: 'day_set', day: '2026-10-12', kind: 'joint', name: 'Cuti tambahan' };
	expect(await changeCalendar(admin, day)).toBe(1);
	const clock = await firstReply();
	expect(clock?.dueAt).toEqual(new Date('2026-10-15T08:00:00Z'));
	expect(clock?.skipped).toContainEqual({ date: '2026-10-12', why: 'joint_leave', name: 'Cuti tambahan' });
	const moved = { name: 'first_reply', due_at: '2026-10-15T08:00:00.000Z', was: '2026-10-14T08:00:00.000Z' };
	const data = { why: '2026-10-12: Cuti tambahan', clocks: expect.arrayContaining([expect.objectContaining(moved)]) };
	expect(await lastEntry(reference, 'calendar_changed')).toMatchObject({
		public: true,
		actorId: admin.accountId,
		data
	});
});

test('a day off outside all running deadlines changes no case', async () => {
	const day = { type: 'day_set', day: '2026-01-05', kind: 'joint', name: 'Sudah lewat' };
	const before = await story(reference);
	expect(await changeCalendar(admin, day)).toBe(0);
	expect(await story(reference)).toEqual(before);
});

test('changed hours of an office move its deadlines, a changed name does not', async () => {
	const stored = await unitByIdOrName(unit.id);
	const { slug, timeZone, accent, version = 1 } = stored ?? {};
	const hours = { start: '08:00', end: '16:00' };
	const office = { slug, name: 'Kantor Bernama Baru', timeZone, accent, hours };
	expect(await changeOffice(admin, unit.id, { ...office, version })).toBe(0);
	const shorter = { ...office, hours: { start: '08:00', end: '15:00' } };
	// The office's page first says how many cases have other deadlines, and stores nothing.
	const change = { ...shorter, version: version + 1 };
	await expect(changeOffice(admin, unit.id, change, true)).rejects.toMatchObject({
		issues: [{ path: 'recompute', code: 'admin_hours_move', params: { count: 1 } }]
	});
	expect((await unitByIdOrName(unit.id))?.hours).toEqual(hours);
	expect(await changeOffice(admin, unit.id, change)).toBe(1);
	expect((await firstReply())?.dueAt).toEqual(new Date('2026-10-15T07:00:00Z'));
});

test('the number of moved deadlines counts no case that is hidden from the person who asks', async () => {
	const office = await makeUnit();
	const its = await makeActor([[office.id, 'admin']]);
	const [plain, hidden] = [await makeCase(office), await makeCase(office)];
	await db().update(cases).set({ restricted: true }).where(eq(cases.reference, hidden.reference));
	const { slug, name, timeZone, accent, version } = office;
	const hours = { start: '08:00', end: '15:00' };
	expect(await changeOffice(its, office.id, { slug, name, timeZone, accent, hours, version })).toBe(1);
	for (const { reference: moved } of [plain, hidden])
		expect(await lastEntry(moved, 'calendar_changed')).toMatchObject({ data: { why: name } });
});

test('a change sends no more statements for five cases than for one', async () => {
	const office = await makeUnit();
	const its = await makeActor([[office.id, 'admin']]);
	const { slug, name, timeZone, accent, version } = office;
	const closeAt = (end: string, loaded: number) =>
		statementsOf(async () => {
			const hours = { start: '08:00', end };
			return changeOffice(its, office.id, { slug, name, timeZone, accent, hours, version: loaded });
		});
	await makeCase(office);
	const { length } = await closeAt('15:00', version);
	const others = [await makeCase(office), await makeCase(office), await makeCase(office), await makeCase(office)];
	expect(await closeAt('14:00', version + 1)).toHaveLength(length);
	for (const { reference: moved } of others) expect(await story(moved)).toEqual(['opened', 'calendar_changed']);
});

test('a new day off moves the end of the reporter’s turn later, never earlier', async () => {
	await changeCalendar(admin, { type: 'day_removed', day: '2025-08-18', reason: 'Belum ditetapkan.' });
	const office = await makeUnit();
	const handler = await makeActor([[office.id, 'handler']]);
	const ask = async (kind: string, moment: string) => {
		const { reference: asked } = await atTime(moment, () => makeCase(office, { kind }));
		await atTime(moment, () => act(askReporter, handler, asked, { body: 'Tanggal berapa kejadiannya?' }));
		return asked;
	};
	const turnOf = async (asked: string) => (await clockOf(asked, 'reporter_turn'))?.dueAt;
	// 30 days end on Monday 18 August, 10 working days on Wednesday 20 August.
	const complaint = await ask('complaint', '2025-07-19T02:00:00Z');
	const suggestion = await ask('suggestion', '2025-08-06T02:00:00Z');
	const monday = new Date('2025-08-18T08:00:00Z');
	expect([await turnOf(complaint), await turnOf(suggestion)]).toEqual([monday, new Date('2025-08-20T08:00:00Z')]);
	await atTime('2025-08-18T01:00:00Z', async () => {
		await changeCalendar(admin, { type: 'day_set', day: '2025-08-18', kind: 'joint', name: 'Cuti bersama' });
		await sweepReporterTurns();
	});
	expect([await turnOf(complaint), await turnOf(suggestion)]).toEqual([monday, new Date('2025-08-21T08:00:00Z')]);
	expect((await readCase(complaint)).status).toBe('needs_info');
});

// Needs a second transaction at the same time, which the embedded database doesn't have.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a case that is opened while the deadlines are recomputed gets the new day off too',
	async () => {
		const { id } = await readCase(reference);
		const { promise: opened, resolve: release } = Promise.withResolvers<void>();
		const { promise: locked, resolve: hold } = Promise.withResolvers<void>();
		const holding = transaction(async (tx) => {
			await lockCase(tx, id);
			hold();
			await opened;
		});
		await locked;
		const changing = changeCalendar(admin, { type: 'day_set', day: '2026-10-13', kind: 'joint', name: 'Cuti kedua' });
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		const late = (await atTime('2026-10-07T02:00:00Z', () => makeCase(unit))).reference;
		expect((await clockOf(late, 'first_reply'))?.dueAt).toEqual(new Date('2026-10-15T07:00:00Z'));
		release();
		await holding;
		expect(await changing).toBe(1);
		expect(await story(late)).toEqual(['opened']);
		for (const { data } of await jobsOf('2026-10-13: Cuti kedua')) await recomputeAgain(data);
		expect((await clockOf(late, 'first_reply'))?.dueAt).toEqual(new Date('2026-10-16T07:00:00Z'));
		expect(await story(late)).toEqual(['opened', 'calendar_changed']);
		expect(await changeCalendar(admin, { type: 'day_removed', day: '2026-10-13', reason: 'Dicabut lagi.' })).toBe(2);
	}
);

test('a change recomputes again once every process knows of it', async () => {
	const after = new Date('2026-10-08T02:00:30Z');
	const day = { type: 'day_set', day: '2026-12-22', kind: 'joint', name: 'Cuti bersama' };
	await atTime('2026-10-08T02:00:00Z', () => changeCalendar(admin, day));
	expect(await jobsOf('2026-12-22: Cuti bersama')).toMatchObject([{ startAfter: after, retryLimit: 1000 }]);
});

test('a case that fails does not keep the others from the new deadlines, and gets them when the job runs again', async () => {
	const office = await makeUnit();
	const make = () => atTime('2026-10-07T02:00:00Z', () => makeCase(office));
	const [failing, next] = [await make(), await make()];
	// As another process opened them, which did not know of the new day yet.
	const off = { day: '2026-10-09', kind: 'joint' as const, name: 'Cuti ketiga' };
	await db().insert(calendarDays).values(off);
	const { id } = await readCase(failing.reference);
	const broken = sql`alter table clocks add constraint broken check (case_id <> ${sql.raw(String(id))}) not valid`;
	await db().execute(broken);
	const again = () => recomputeAgain({ why: 'Cuti ketiga', unitId: office.id });
	await expect(again()).rejects.toThrow();
	await db().execute(sql`alter table clocks drop constraint broken`);
	const entries = () => Promise.all([failing, next].map(async (one) => (await story(one.reference)).slice(1)));
	expect(await entries()).toEqual([[], ['calendar_changed']]);
	await again();
	expect(await entries()).toEqual([['calendar_changed'], ['calendar_changed']]);
	const entry = { public: true, actorKind: 'system', actorId: null, data: { why: 'Cuti ketiga' } };
	expect(await lastEntry(failing.reference, 'calendar_changed')).toMatchObject(entry);
	await changeCalendar(admin, { type: 'day_removed', day: off.day, reason: 'Dicabut.' });
});
