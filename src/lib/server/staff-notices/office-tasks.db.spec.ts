import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { missingDecrees } from '#lib/server/calendar/year.ts';
import { changeCalendar } from '#lib/server/cases/clocks/change-calendar.ts';
import { listNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { chooseNotices } from '#lib/server/channels/notice-choices.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import {
	countUnread,
	emailsTo,
	noticesToEach,
	noticesTo,
	onlyEmailTo,
	giveEmailAddress
} from '#lib/dev/testing/notices.ts';
import { atTime, clockOf, lastEntry, story } from '#lib/dev/testing/office.ts';
import { notifyOfMissingDecrees, notifyOfOwedRecaps } from './office-tasks.ts';

useMailServer();

let root: Awaited<ReturnType<typeof makeUnit>>;
let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let above: Actor;
let supervisor: Actor;
let handler: Actor;
let newcomer: Actor;

beforeAll(async () => {
	await ensureDefaults(db());
	root = await makeUnit();
	unit = await makeUnit({ parent: root, slug: 'rekap-contoh' });
	admin = await makeActor([[root.id, 'admin']]);
	above = await makeActor([[root.id, 'supervisor']]);
	supervisor = await makeActor([[unit.id, 'supervisor']]);
	handler = await makeActor([[unit.id, 'handler']]);
	newcomer = await makeActor([[unit.id, 'supervisor']]);
	const since = (actor: Actor, moment: string) =>
		db()
			.update(accounts)
			.set({ createdAt: new Date(moment) })
			.where(eq(accounts.id, actor.accountId ?? ''));
	// Created after the first quarter, which nobody filed, so that only later periods are due for them.
	for (const actor of [above, supervisor, handler]) await since(actor, '2026-05-01T00:00:00Z');
	await since(newcomer, '2026-07-01T00:00:00Z');
});

describe('a periodic report', () => {
	const sweptAt = (moment: string) => atTime(moment, notifyOfOwedRecaps);
	const file = (moment: string, actor: Actor, of: { code: string }, input: object) =>
		atTime(moment, () => fileRecap(actor, of.code, { version: 0, ...input }));

	// The report of May 2026 is due on Monday, 8 June: the fifth working day, as 1 June is a holiday.
	it('notifies supervisors once, two working days before their report is due, if they may file it', async () => {
		const address = await giveEmailAddress(supervisor);
		// 3 June, 23.59 in Makassar.
		await sweptAt('2026-06-03T15:59:00Z');
		expect(await noticesTo(supervisor)).toEqual([]);
		await atTime('2026-06-03T16:00:00Z', () => Promise.all([notifyOfOwedRecaps(), notifyOfOwedRecaps()]));
		await sweptAt('2026-06-05T03:00:00Z');
		expect(await noticesToEach(supervisor, above, handler, newcomer)).toEqual([['recap_due'], ['recap_due'], [], []]);
		const mail = await onlyEmailTo(address);
		expect(mail.subject).toBe('Rekap Mei 2026 segera jatuh tempo');
		expect(mail.body).toContain('paling lambat Senin, 8 Juni 2026');
		const [notice] = (await listNotices(supervisor)).items;
		expect(notice).toMatchObject({ kind: 'recap_due', case: null, data: { period: '2026-05', due_on: '2026-06-08' } });
		expect(await readNotice(supervisor, notice?.id ?? '')).toBe(
			'/insight/recap?unit=rekap-contoh&grain=month&period=2026-05'
		);
	});

	it('notifies again when the report is overdue, but not supervisors whose office filed', async () => {
		await file('2026-06-05T04:00:00Z', supervisor, unit, { period: '2026-05' });
		// The office above filed only one of its two reports.
		await file('2026-06-05T04:00:00Z', above, root, { period: '2026-05' });
		await sweptAt('2026-06-08T15:59:00Z');
		expect(await noticesTo(above)).toEqual(['recap_due']);
		await sweptAt('2026-06-08T16:00:00Z');
		await sweptAt('2026-06-20T03:00:00Z');
		expect(await noticesToEach(above, supervisor)).toEqual([['recap_due', 'recap_overdue'], ['recap_due']]);
		await file('2026-06-20T04:00:00Z', above, root, { period: '2026-05', scope: 'tree' });
		expect(await countUnread(above)).toBe(2);
		await sweptAt('2026-06-21T03:00:00Z');
		expect(await noticesTo(above)).toHaveLength(2);
		expect(await countUnread(above)).toBe(0);
	});

	it('supervisors can turn off the e-mail before the due day, but not the one after it', async () => {
		const address = await giveEmailAddress(newcomer);
		await chooseNotices(newcomer, { wanted: [] });
		// The report of July is due on 7 August, without holidays before.
		await sweptAt('2026-08-06T03:00:00Z');
		expect(await noticesTo(newcomer)).toEqual(['recap_due']);
		expect(await emailsTo(address)).toEqual([]);
		await sweptAt('2026-08-10T03:00:00Z');
		expect((await emailsTo(address)).map(({ subject }) => subject)).toEqual(['Rekap Juli 2026 belum disampaikan']);
	});
});

describe('the decree of holidays', () => {
	const CSV =
		'date,kind,name\n2028-01-01,national,Tahun Baru\n2028-01-26,national,Imlek\n2028-01-27,joint,Cuti bersama\n';

	let other: Actor;
	beforeAll(async () => {
		other = await makeActor([
			[unit.id, 'admin'],
			[root.id, 'supervisor']
		]);
	});

	it('from October, notifies root administrators once that the next year’s decree is missing', async () => {
		const address = await giveEmailAddress(admin);
		// 30 September, 23.59 in Makassar.
		await atTime('2027-09-30T15:59:00Z', notifyOfMissingDecrees);
		expect(await noticesTo(admin)).toEqual([]);
		await atTime('2027-09-30T16:00:00Z', () => Promise.all([notifyOfMissingDecrees(), notifyOfMissingDecrees()]));
		await atTime('2027-10-05T00:00:00Z', notifyOfMissingDecrees);
		expect(await noticesToEach(admin, other)).toEqual([['decree_missing'], []]);
		const mail = await onlyEmailTo(address);
		expect(mail.subject).toBe('SKB libur 2028 belum dimuat');
		expect(mail.body).toContain('/admin/calendar/2028');
		const [notice] = (await listNotices(admin)).items;
		expect(notice).toMatchObject({ kind: 'decree_missing', case: null, data: { year: 2028 } });
		expect(await countUnread(admin)).toBe(1);
	});

	it('notifies people who become administrators later', async () => {
		await db()
			.insert(roles)
			.values({ accountId: other.accountId ?? '', unitId: root.id, role: 'admin' });
		await atTime('2027-11-01T00:00:00Z', notifyOfMissingDecrees);
		expect(await noticesToEach(admin, other)).toEqual([['decree_missing'], ['decree_missing']]);
		await db()
			.delete(roles)
			.where(eq(roles.accountId, other.accountId ?? ''));
	});

	it('deadlines in a year without a decree are provisional and are recomputed with an entry when it is loaded', async () => {
		const missed = (moment: string) => atTime(moment, missingDecrees);
		expect(await missed('2027-12-20T02:00:00Z')).toEqual([2028]);
		expect(await missed('2028-01-10T02:00:00Z')).toEqual([2028]);
		// A complaint of Monday, 20 December. Its first reply is due within the year, and the other deadlines are in the
		// next year.
		const { reference } = await atTime('2027-12-20T02:00:00Z', () => makeCase(unit));
		for (const clock of ['first_reply', 'solution', 'response_by_law'] as const)
			expect((await clockOf(reference, clock))?.provisional).toBe(clock !== 'first_reply');
		const solution = await clockOf(reference, 'solution');
		expect(solution?.dueAt?.toISOString()).toBe('2028-01-10T08:00:00.000Z');

		const decree = { type: 'year_loaded', year: 2028, decree: 'SKB 1/2027', csv: CSV };
		expect(await atTime('2027-12-21T02:00:00Z', () => changeCalendar(admin, decree))).toBe(1);
		expect(await countUnread(admin)).toBe(1);
		await atTime('2027-12-21T02:01:00Z', notifyOfMissingDecrees);
		expect(await countUnread(admin)).toBe(0);
		// No date moved, because New Year is a Saturday and the other holidays are later. The entry still shows that the
		// dates are certain now.
		expect(await clockOf(reference, 'solution')).toMatchObject({ provisional: false, dueAt: solution?.dueAt });
		expect(await lastEntry(reference, 'calendar_changed')).toMatchObject({
			public: true,
			data: { why: '2028: SKB 1/2027' }
		});
		expect((await lastEntry(reference, 'calendar_changed'))?.data.clocks).toContainEqual({
			name: 'solution',
			due_at: '2028-01-10T08:00:00.000Z',
			was: '2028-01-10T08:00:00.000Z',
			provisional: false
		});
		expect(await missed('2028-01-10T02:00:00Z')).toEqual([]);
		// Loaded again with one more day off, so that the date moves.
		const csv = `${CSV}2028-01-05,joint,Cuti tambahan\n`;
		expect(await atTime('2027-12-22T02:00:00Z', () => changeCalendar(admin, { ...decree, csv }))).toBe(1);
		expect((await clockOf(reference, 'solution'))?.dueAt?.toISOString()).toBe('2028-01-11T08:00:00.000Z');
		expect((await story(reference)).filter((type) => type === 'calendar_changed')).toHaveLength(2);
	});
});
