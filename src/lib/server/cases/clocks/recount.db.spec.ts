import { and, eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { anyUnit } from '#lib/server/people/units/find-unit.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { changeCalendar, changeOffice } from './recount.ts';

useFreshDatabase();

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let caseId: number;

const firstReply = async () => {
	const [clock] = await db()
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, caseId), eq(clocks.name, 'first_reply')));
	return clock;
};
const events = () =>
	db()
		.select()
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), eq(timeline.type, 'calendar_changed')));

beforeAll(async () => {
	unit = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
	// A Wednesday: five working days reach to the next Wednesday.
	const { reference } = await withClock(
		() => new Date('2026-10-07T02:00:00Z'),
		() => makeCase(unit)
	);
	const [row] = await db().select().from(cases).where(eq(cases.reference, reference));
	caseId = row?.id ?? 0;
});

test('a new day off moves running deadlines at once and tells every case it reaches', async () => {
	expect((await firstReply())?.dueAt).toEqual(new Date('2026-10-14T08:00:00Z'));
	const day = { type: 'day_set', day: '2026-10-12', kind: 'joint', name: 'Cuti tambahan' };
	expect(await changeCalendar(admin, day)).toBe(1);
	const clock = await firstReply();
	expect(clock?.dueAt).toEqual(new Date('2026-10-15T08:00:00Z'));
	expect(clock?.skipped).toContainEqual({ date: '2026-10-12', why: 'joint_leave', name: 'Cuti tambahan' });
	const [event] = await events();
	expect(event).toMatchObject({ public: true, actorId: admin.accountId });
	expect(event?.data).toMatchObject({ why: '2026-10-12: Cuti tambahan' });
});

test('a day that no running deadline passes changes no case', async () => {
	const day = { type: 'day_set', day: '2026-01-05', kind: 'joint', name: 'Sudah lewat' };
	expect(await changeCalendar(admin, day)).toBe(0);
	expect(await events()).toHaveLength(1);
});

test('other hours of the office move its deadlines, another name does not', async () => {
	const stored = await anyUnit(unit.id);
	const { slug, timeZone, accent, version = 1 } = stored ?? {};
	const office = {
		slug,
		name: 'Kantor Bernama Baru',
		timeZone,
		accent,
		hours: { start: '08:00', end: '16:00' },
		active: true
	};
	expect(await changeOffice(admin, unit.id, version, office)).toBe(0);
	const shorter = { ...office, hours: { start: '08:00', end: '15:00' } };
	expect(await changeOffice(admin, unit.id, version + 1, shorter)).toBe(1);
	expect((await firstReply())?.dueAt).toEqual(new Date('2026-10-15T07:00:00Z'));
});
