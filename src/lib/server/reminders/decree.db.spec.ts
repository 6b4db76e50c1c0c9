import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { changeCalendar } from '#lib/server/cases/clocks/recount.ts';
import { countUnread, listNotices } from '#lib/server/channels/notice-list.ts';
import { db } from '#lib/server/db/index.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { missingDecrees } from '#lib/server/calendar/missing.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { tellOfMissingDecrees } from './decree.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { lettersTo, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import { at, clockOf, lastEntry, story } from '#lib/dev/testing/office.ts';

useFreshDatabase();
useMailServer();

let root: Awaited<ReturnType<typeof makeUnit>>;
let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let other: Actor;

beforeAll(async () => {
	root = await makeUnit({ timeZone: 'Asia/Makassar' });
	unit = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	other = await makeActor([
		[unit.id, 'admin'],
		[root.id, 'supervisor']
	]);
});

const CSV =
	'date,kind,name\n2028-01-01,national,Tahun Baru\n2028-01-26,national,Imlek\n2028-01-27,joint,Cuti bersama\n';

test('from October, notifies root administrators once that the next year’s decree is missing', async () => {
	const address = await withAddress(admin);
	// 30 September, 23.59 in Makassar.
	await at('2027-09-30T15:59:00Z', tellOfMissingDecrees);
	expect(await toldTo(admin)).toEqual([]);
	await at('2027-09-30T16:00:00Z', () => Promise.all([tellOfMissingDecrees(), tellOfMissingDecrees()]));
	await at('2027-10-05T00:00:00Z', tellOfMissingDecrees);
	expect(await toldTo(admin)).toEqual(['decree_missing']);
	expect(await toldTo(other)).toEqual([]);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.subject).toBe('SKB libur 2028 belum dimuat');
	expect(letter?.body).toContain('/admin/calendar/2028');
	const [notice] = (await listNotices(admin)).items;
	expect(notice).toMatchObject({ kind: 'decree_missing', case: null, data: { year: 2028 } });
	expect(await countUnread(admin)).toBe(1);
});

test('notifies people who become administrators later', async () => {
	await db()
		.insert(roles)
		.values({ accountId: other.accountId ?? '', unitId: root.id, role: 'admin' });
	await at('2027-11-01T00:00:00Z', tellOfMissingDecrees);
	expect(await toldTo(other)).toEqual(['decree_missing']);
	expect(await toldTo(admin)).toEqual(['decree_missing']);
	await db()
		.delete(roles)
		.where(eq(roles.accountId, other.accountId ?? ''));
});

test('until it is loaded, deadlines that reach into the year are provisional; then they are counted again and say why', async () => {
	const missed = (moment: string) => at(moment, missingDecrees);
	expect(await missed('2027-12-20T02:00:00Z')).toEqual([2028]);
	expect(await missed('2028-01-10T02:00:00Z')).toEqual([2028]);
	// A complaint of Monday, 20 December: its first reply is owed within the year, the others reach into the next.
	const { reference } = await at('2027-12-20T02:00:00Z', () => makeCase(unit));
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ provisional: false });
	expect(await clockOf(reference, 'solution')).toMatchObject({ provisional: true });
	expect(await clockOf(reference, 'response_by_law')).toMatchObject({ provisional: true });
	const solution = await clockOf(reference, 'solution');
	expect(solution?.dueAt?.toISOString()).toBe('2028-01-10T08:00:00.000Z');

	const decree = { type: 'year_loaded', year: 2028, decree: 'SKB 1/2027', csv: CSV };
	expect(await at('2027-12-21T02:00:00Z', () => changeCalendar(admin, decree))).toBe(1);
	expect(await countUnread(admin)).toBe(1);
	await at('2027-12-21T02:01:00Z', tellOfMissingDecrees);
	expect(await countUnread(admin)).toBe(0);
	// No date moved: New Year is a Saturday and the others come later. That the dates are certain now is said all the same.
	expect(await clockOf(reference, 'solution')).toMatchObject({ provisional: false, dueAt: solution?.dueAt });
	expect(await lastEntry(reference, 'calendar_changed')).toMatchObject({
		public: true,
		data: { why: '2028: SKB 1/2027' }
	});
	expect((await lastEntry(reference, 'calendar_changed'))?.data.clocks).toContainEqual({
		name: 'solution',
		due_at: '2028-01-10T08:00:00.000Z',
		provisional: false
	});
	expect(await missed('2028-01-10T02:00:00Z')).toEqual([]);
	// Loaded again with a day more: now the date moves too.
	const csv = `${CSV}2028-01-05,joint,Cuti tambahan\n`;
	expect(await at('2027-12-22T02:00:00Z', () => changeCalendar(admin, { ...decree, csv }))).toBe(1);
	expect((await clockOf(reference, 'solution'))?.dueAt?.toISOString()).toBe('2028-01-11T08:00:00.000Z');
	expect((await story(reference)).filter((type) => type === 'calendar_changed')).toHaveLength(2);
});
