import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/defaults.ts';
import { countUnread, listNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { chooseMails } from '#lib/server/channels/mail-choices.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/file.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { lettersTo, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import { at } from '#lib/dev/testing/office.ts';
import { tellOfOwedRecaps } from './recap-due.ts';

useFreshDatabase();
useMailServer();

let root: Awaited<ReturnType<typeof makeUnit>>;
let unit: Awaited<ReturnType<typeof makeUnit>>;
let above: Actor;
let supervisor: Actor;
let handler: Actor;
let late: Actor;

beforeAll(async () => {
	await ensureDefaults(db());
	root = await makeUnit();
	unit = await makeUnit({ parent: root, slug: 'rekap-contoh' });
	above = await makeActor([[root.id, 'supervisor']]);
	supervisor = await makeActor([[unit.id, 'supervisor']]);
	handler = await makeActor([[unit.id, 'handler']]);
	late = await makeActor([[unit.id, 'supervisor']]);
	const since = (actor: Actor, moment: string) =>
		db()
			.update(accounts)
			.set({ createdAt: new Date(moment) })
			.where(eq(accounts.id, actor.accountId ?? ''));
	// Younger than the first quarter, which nobody filed.
	for (const actor of [above, supervisor, handler]) await since(actor, '2026-05-01T00:00:00Z');
	await since(late, '2026-07-01T00:00:00Z');
});

const sweptAt = (moment: string) => at(moment, tellOfOwedRecaps);
const file = (moment: string, actor: Actor, of: { code: string }, input: object) =>
	at(moment, () => fileRecap(actor, of.code, { version: 0, ...input }));

// May 2026 is owed by Monday 8 June: 1 June is Pancasila day, so the fifth working day after it.
test('notifies supervisors once, two working days before their report is due, if they may file it', async () => {
	const address = await withAddress(supervisor);
	// 3 June, 23.59 in Makassar.
	await sweptAt('2026-06-03T15:59:00Z');
	expect(await toldTo(supervisor)).toEqual([]);
	await at('2026-06-03T16:00:00Z', () => Promise.all([tellOfOwedRecaps(), tellOfOwedRecaps()]));
	await sweptAt('2026-06-05T03:00:00Z');
	expect(await toldTo(supervisor)).toEqual(['recap_due']);
	expect(await toldTo(above)).toEqual(['recap_due']);
	expect(await toldTo(handler)).toEqual([]);
	expect(await toldTo(late)).toEqual([]);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.subject).toBe('Rekap Mei 2026 segera jatuh tempo');
	expect(letter?.body).toContain('Batas waktu: Senin, 8 Juni 2026');
	const [notice] = (await listNotices(supervisor)).items;
	expect(notice).toMatchObject({ kind: 'recap_due', case: null, data: { period: '2026-05', due_on: '2026-06-08' } });
	expect(await readNotice(supervisor, notice?.id ?? '')).toBe(
		'/insight/rekap?unit=rekap-contoh&grain=month&period=2026-05'
	);
});

test('notifies them again when the report is overdue, and nobody who has filed', async () => {
	await file('2026-06-05T04:00:00Z', supervisor, unit, { period: '2026-05' });
	// Of the office above only one of its two reports is there.
	await file('2026-06-05T04:00:00Z', above, root, { period: '2026-05' });
	await sweptAt('2026-06-08T15:59:00Z');
	expect(await toldTo(above)).toEqual(['recap_due']);
	await sweptAt('2026-06-08T16:00:00Z');
	await sweptAt('2026-06-20T03:00:00Z');
	expect(await toldTo(above)).toEqual(['recap_due', 'recap_overdue']);
	expect(await toldTo(supervisor)).toEqual(['recap_due']);
	await file('2026-06-20T04:00:00Z', above, root, { period: '2026-05', scope: 'tree' });
	expect(await countUnread(above)).toBe(2);
	await sweptAt('2026-06-21T03:00:00Z');
	expect(await toldTo(above)).toHaveLength(2);
	expect(await countUnread(above)).toBe(0);
});

test('the letter ahead of the day can be turned off, the one after it not', async () => {
	const address = await withAddress(late);
	await chooseMails(late, { wanted: [] });
	// July: due on 7 August, no holiday between.
	await sweptAt('2026-08-06T03:00:00Z');
	expect(await toldTo(late)).toEqual(['recap_due']);
	expect(await lettersTo(address)).toEqual([]);
	await sweptAt('2026-08-10T03:00:00Z');
	expect((await lettersTo(address)).map(({ subject }) => subject)).toEqual(['Rekap Juli 2026 belum disampaikan']);
});
