import * as fc from 'fast-check';
import { asc, eq, inArray } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { differenceOf } from '#lib/recap/difference.ts';
import { recapTables } from '#lib/recap/tables.ts';
import { answerDirectly } from '#lib/server/cases/answers/answer.ts';
import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime, caseIn, makeOffice, nameOfficer, on } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { changeRecapDue, recapDueOn } from './due.ts';
import { fileRecap, filingsOf } from './filings.ts';
import { addFollowUp, explainLate, finishFollowUp } from './follow-ups.ts';
import { recapView, type RecapQuery } from './view.ts';

const office = useOffice();
let manager: Actor;
beforeEach(async () => {
	await ensureDefaults(db());
	manager = await makeActor([[office.unit.id, 'manager']]);
});

const LATER = '2026-04-01T02:00:00Z';
const march = (version?: RecapQuery['version'], scope: RecapQuery['scope'] = 'own'): RecapQuery => ({
	unit: office.unit.code,
	scope,
	period: '2026-03',
	version
});
const viewOf = (actor: Actor, query = march(), moment = LATER) => atTime(moment, () => recapView(actor, query));
const file = (input: Record<string, unknown> = {}, moment = LATER, actor: Actor = manager) =>
	atTime(moment, () => fileRecap(actor, office.unit.code, { period: '2026-03', version: 0, ...input }));
const tablesOf = ({ figures }: Awaited<ReturnType<typeof recapView>>) => recapTables(figures, 'id');

test('filed figures do not change with their cases, and a correction shows the difference', async () => {
	const { reference } = await atTime('2026-03-30T02:00:00Z', () => caseIn(office, 'verified'));
	expect(await file()).toBe(`1/REKAP/${office.unit.code}/2026`);
	const filed = await viewOf(manager);
	expect(filed.filing).toMatchObject({ version: 1, signer: { name: manager.name } });
	expect(filed.before).toBeNull();

	const changed = { category: 'cost', class: 'oversight', priority: 'normal', reason: 'Perlu diperiksa.' };
	await atTime('2026-04-02T02:00:00Z', async () =>
		classifyCase(office.supervisor, reference, await on(reference, changed))
	);
	expect(tablesOf(await viewOf(manager))).toEqual(tablesOf(filed));

	const now = await viewOf(manager, march('now'));
	const changes = differenceOf(recapTables(now.before?.figures ?? filed.figures, 'id'), tablesOf(now));
	expect(changes.map(({ row, before, after }) => [row, before, after])).toEqual([
		['Waktu pelayanan · Tidak disebut', 1, undefined],
		['Biaya · Tidak disebut', undefined, 1],
		['Masuk pada masa ini', 0, 1]
	]);
	for (const version of [2 ** 31, 1e300])
		await expect(file({ version, reason: 'Kategori diperbaiki.' })).rejects.toBeInstanceOf(Invalid);
	await expect(file({ version: 1 })).rejects.toBeInstanceOf(Invalid);
	expect(await file({ version: 1, reason: 'Kategori diperbaiki.' })).toBe(`2/REKAP/${office.unit.code}/2026`);
	const corrected = await viewOf(manager);
	expect(corrected.filing).toMatchObject({ version: 2, reason: 'Kategori diperbaiki.' });
	const earlier = recapTables(corrected.before?.figures ?? filed.figures, 'id');
	expect(differenceOf(earlier, tablesOf(corrected))).toEqual(changes);
	expect(tablesOf(await viewOf(manager, march(1)))).toEqual(tablesOf(filed));

	await expect(db().update(recaps).set({ reason: 'x' })).rejects.toThrow();
	await expect(db().delete(recaps)).rejects.toThrow();
	const logged = await db()
		.select()
		.from(auditEntries)
		.where(eq(auditEntries.unitId, office.unit.id))
		.orderBy(asc(auditEntries.id));
	expect(logged.filter(({ action }) => action.startsWith('recap.'))).toMatchObject([
		{ action: 'recap.filed', subject: '2026-03 own', actorId: manager.accountId },
		{ action: 'recap.corrected', subject: '2026-03 own', reason: 'Kategori diperbaiki.' }
	]);
});

test('only a filed report takes a number: refused ones leave no gap, also when two are filed at once', async () => {
	await expect(file({}, '2026-03-31T02:00:00Z')).rejects.toMatchObject({ present: { reason: 'recap_running' } });
	const outcomes = await Promise.allSettled([file(), file()]);
	expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	const again = file({ version: 1, reason: 'Tidak ada apa-apa.' });
	await expect(again).rejects.toMatchObject({ present: { reason: 'recap_same' } });
	await file({ scope: 'tree' });
	await file({ period: '2026-02' }, '2027-01-04T02:00:00Z');
	const rows = await db()
		.select()
		.from(recaps)
		.where(eq(recaps.unitId, office.unit.id))
		.orderBy(asc(recaps.year), asc(recaps.number));
	expect(rows.map(({ year, number, scope, period }) => [year, number, scope, period])).toEqual([
		[2026, 1, 'own', '2026-03'],
		[2026, 2, 'tree', '2026-03'],
		[2027, 1, 'own', '2026-02']
	]);
});

test('a month without reports has no rows and can be filed', async () => {
	const { figures } = await viewOf(manager);
	expect(figures).toMatchObject({ flow: [], received: [], clocks: [], late: { shown: [], hidden: 0 } });
	await file();
	expect((await viewOf(manager)).filing?.version).toBe(1);
});

test('a list shows the cases that the reader may see, and the number of the others', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'supervisor']], officer.id);
	const { reference } = await atTime('2026-03-03T02:00:00Z', () => caseIn(office, 'received'));
	await atTime('2026-03-30T02:00:00Z', async () => {
		await verifyCase(office.handler, reference, await on(reference, { category: 'time', class: 'plain' }));
		await nameOfficer(office.handler, reference, officer);
		await explainLate(office.supervisor, { reference, cause: 'Petugas cuti bersama.' });
	});
	await file();
	const lateOf = async (actor: Actor) => (await viewOf(actor)).figures.late;
	const clocks = ['verification', 'first_reply', 'solution', 'response_by_law'];
	const late = { reference, clocks, cause: 'Petugas cuti bersama.' };
	expect(await lateOf(office.supervisor)).toMatchObject({ shown: [late], hidden: 0 });
	for (const [reader, hidden] of [
		[manager, 1],
		[named, null]
	] as const) {
		const view = await viewOf(reader);
		expect(view.figures.late).toEqual({ shown: [], hidden });
		expect(JSON.stringify(view)).not.toContain(reference);
		expect(JSON.stringify(view)).not.toContain('cuti bersama');
	}
	await expect(explainLate(named, { reference, cause: 'Tidak tahu.' })).rejects.toBeInstanceOf(NotFound);
});

test('restricted reports are one number without kind, channel, category and class', async () => {
	await atTime('2026-03-03T02:00:00Z', async () => {
		await makeCase(office.unit, { kind: 'suggestion' });
		const { reference } = await makeCase(office.unit, { category: 'integrity' });
		const found = { category: 'behaviour', class: 'oversight', reason: 'Perlu diperiksa.' };
		await verifyCase(office.rootSupervisor, reference, await on(reference, found));
	});
	const { figures } = await viewOf(manager);
	expect(figures.flow).toMatchObject([
		{ kind: null, channel: null, received: 1, open: 1 },
		{ kind: 'suggestion', channel: 'web', received: 1, open: 1 }
	]);
	expect(figures.received).toEqual([
		{ category: null, service: null, sealed: false, n: 1 },
		{ category: null, service: null, sealed: true, n: 1 }
	]);
	expect([figures.oversight, figures.lapor.counts?.unrecorded]).toEqual([{ received: 0, answered: 0 }, 0]);
	expect(JSON.stringify(figures)).not.toContain('integrity');
});

test('lists suggestions that were carried out, and repeats follow-ups until they are done', async () => {
	await atTime('2026-03-03T02:00:00Z', async () => {
		const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
		const done = { action: 'Menambah enam kursi.', action_on: '2026-03-02' };
		const answer = { category: 'facilities', body: 'Terima kasih, kursinya sudah kami tambah.', ...done };
		await answerDirectly(office.handler, reference, await on(reference, answer), { files: [] });
		const about = { unit: office.unit.code, scope: 'own' as const, period: '2026-03' };
		const words = { rootCause: 'Ruang tunggu sempit.', action: 'Menata ruang.', who: 'Subbagian umum' };
		const form = { ...words, dueOn: '2026-05-01', submission_id: crypto.randomUUID() };
		for (let sent = 0; sent < 2; sent++) await addFollowUp(manager, about, form);
		await expect(addFollowUp(manager, about, { ...form, who: 'Kepala' })).rejects.toBeInstanceOf(Conflict);
	});
	expect((await viewOf(office.supervisor)).figures.suggestions.shown).toMatchObject([
		{ action: 'Menambah enam kursi.', actionOn: '2026-03-02' }
	]);
	const doneIn = async (period: string) =>
		(await viewOf(manager, { ...march(), period }, '2026-08-01T02:00:00Z')).figures.followUps.map(
			({ doneOn }) => doneOn
		);
	expect(await doneIn('2026-02')).toEqual([]);
	expect(await doneIn('2026-05')).toEqual([null]);
	const [open] = (await viewOf(manager)).figures.followUps;
	const done = (doneOn: string) =>
		atTime('2026-05-20T02:00:00Z', () => finishFollowUp(manager, office.unit.code, { id: open?.id, doneOn }));
	for (const day of ['2026-05-21', '2025-05-19']) await expect(done(day)).rejects.toBeInstanceOf(Invalid);
	await done('2026-05-19');
	await done('2026-05-20');
	expect([await doneIn('2026-03'), await doneIn('2026-05'), await doneIn('2026-06'), await doneIn('2026-Q2')]).toEqual([
		[null],
		['2026-05-19'],
		[],
		['2026-05-19']
	]);
});

test('the office above sees which offices have filed and what is overdue; other offices see nothing', async () => {
	const above = await makeActor([[office.root.id, 'manager']]);
	await db()
		.update(accounts)
		.set({ createdAt: new Date('2026-01-05T02:00:00Z') });
	await file();
	const seen = (moment: string, actor = above) =>
		atTime(moment, () => filingsOf(actor, { unit: office.root.code, grain: 'month', period: '2026-03' }));
	const before = await seen('2026-04-07T02:00:00Z');
	// Five working days after 31 March; Good Friday is not a working day.
	expect(before.dueOn).toBe('2026-04-08');
	expect(before.owed.map(({ unit, scope, filed, overdue }) => [unit.slug, scope, filed?.version, overdue])).toEqual([
		[office.root.slug, 'tree', undefined, false],
		[office.root.slug, 'own', undefined, false],
		[office.unit.slug, 'own', 1, false]
	]);
	expect((await seen('2026-04-09T02:00:00Z')).owed.map(({ overdue }) => overdue)).toEqual([true, true, false]);
	await expect(seen(LATER, manager)).rejects.toBeInstanceOf(NotFound);
	await expect(viewOf(office.handler)).rejects.toBeInstanceOf(NotAllowed);
	await expect(file({}, LATER, office.handler)).rejects.toBeInstanceOf(NotAllowed);
	const stranger = await makeOffice();
	await expect(viewOf(stranger.supervisor)).rejects.toBeInstanceOf(NotFound);
	await expect(file({ version: 7, reason: 'Salah.' })).rejects.toMatchObject({
		present: { reason: 'recap_filed' }
	});
});

test('an administrator of a root office changes when reports are due; managers do not', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	const dueOn = async () => (await recapDueOn(['2026-03'])).get('2026-03');
	await expect(changeRecapDue(manager, { month: 6, quarter: 10 })).rejects.toBeInstanceOf(NotAllowed);
	await changeRecapDue(admin, { month: 6, quarter: 10 });
	expect(await dueOn()).toBe('2026-04-09');
	await changeRecapDue(admin, { month: 5, quarter: 10 });
	expect(await dueOn()).toBe('2026-04-08');
});

test('an office without people during a period, or opened after it, is not overdue', async () => {
	const above = await makeActor([[office.root.id, 'manager']]);
	const since = (moment: string, ...people: Actor[]) => {
		const ids = people.map(({ accountId }) => accountId ?? '');
		return db()
			.update(accounts)
			.set({ createdAt: new Date(moment) })
			.where(inArray(accounts.id, ids));
	};
	await since('2026-01-05T02:00:00Z', above, office.rootSupervisor);
	const late = () =>
		atTime('2026-05-20T02:00:00Z', async () => {
			const { owed } = await filingsOf(above, { unit: office.root.code, grain: 'month', period: '2026-03' });
			return owed.map(({ overdue, beforeOpening }) => (overdue ? 'late' : beforeOpening ? 'before opening' : 'due'));
		});
	// 31 March has ended in Makassar, but not yet in UTC.
	await since('2026-03-31T16:00:00Z', office.handler, office.supervisor, manager);
	expect(await late()).toEqual(['late', 'late', 'due']);
	await since('2026-03-31T15:59:00Z', office.handler);
	expect(await late()).toEqual(['late', 'late', 'late']);
	// The office was opened in April; one of its people had an account before.
	const opened = (moment: string) =>
		transaction((tx) =>
			atTime(moment, () => recordChange(tx, null, { unitId: office.unit.id, action: 'unit.opened', subject: '7604' }))
		);
	await opened('2026-04-10T02:00:00Z');
	expect(await late()).toEqual(['late', 'late', 'before opening']);
	// Opened in March, and again in April.
	await opened('2026-03-10T02:00:00Z');
	expect(await late()).toEqual(['late', 'late', 'late']);
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, office.unit.id));
	expect(await late()).toEqual(['late', 'late', 'due']);
});

test('an office that was never open, or is in trial, has no report to file', async () => {
	const root = await makeUnit();
	await makeUnit({ parent: root, state: 'new' });
	await makeUnit({ parent: root, state: 'trial' });
	const above = await makeActor([[root.id, 'manager']]);
	const { owed } = await atTime(LATER, () => filingsOf(above, { unit: root.code, grain: 'month' }));
	expect(owed.map(({ unit, scope }) => [unit.slug, scope])).toEqual([[root.slug, 'own']]);
});

test('the difference of two reports has exactly the cells that differ', () => {
	const cell = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom('a', 'b'));
	const table = fc
		.uniqueArray(fc.record({ key: fc.constantFrom('p', 'q', 'r'), cells: fc.tuple(cell, cell) }), {
			selector: ({ key }) => key
		})
		.map((rows) => [
			{
				id: 't',
				title: 'T',
				columns: ['one', 'two'].map((label) => ({ label, width: 1 })),
				rows: rows.map(({ key, cells }) => ({ key, cells: [key, ...cells].slice(0, 2) }))
			}
		]);
	fc.assert(
		fc.property(table, table, (before, after) => {
			const valueIn = (tables: typeof before, key: string) => tables[0]?.rows.find((row) => row.key === key)?.cells[1];
			const expected = ['p', 'q', 'r'].filter((key) => valueIn(before, key) !== valueIn(after, key));
			const changes = differenceOf(before, after);
			expect(changes.map(({ row }) => row).sort()).toEqual(expected);
			for (const { row, before: was, after: is } of changes)
				expect([was, is]).toEqual([valueIn(before, row), valueIn(after, row)]);
		})
	);
});
