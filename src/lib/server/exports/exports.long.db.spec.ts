import { existsSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { desc, eq, sql } from 'drizzle-orm';
import { parse } from 'csv-parse/sync';
import ExcelJS from 'exceljs';
import { describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { linkCase } from '#lib/server/cases/linking/link.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { env } from '#lib/server/env.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { sheetsOf, valuesOf } from '#lib/dev/testing/documents.ts';
import { idOf, makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { caseIn, makeOffice, nameOfficer, on, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { readExport, removeFile } from './file.ts';
import { cancelExport, exportedFilter, ownExport, ownExports, requestExport } from './request.ts';
import { runExport } from './run.ts';
import { sweepExports } from './sweep.ts';
import { writeCases } from './write.ts';

const office = useOffice();
const fileExists = (name: string) => existsSync(join(env().DATA_DIR, 'exports', name));
/** The last entry of the audit log. */
const lastLogged = async () => (await db().select().from(auditEntries).orderBy(desc(auditEntries.id)).limit(1))[0];
const makeManyCases = async (count: number) =>
	copyCases((await readCase((await makeCase(office.unit)).reference)).id, count);

async function writtenFile(actor: Actor, format: 'csv' | 'xlsx', query = 'status=all'): Promise<PassThrough> {
	const out = new PassThrough();
	const table = { format, ...(await exportedFilter(actor, query)), zone: 'Asia/Makassar', lang: 'id' as const };
	void writeCases(out, actor, table, new AbortController().signal).catch((cause: Error) => out.destroy(cause));
	return out;
}
const rowsOfCsv = async (actor: Actor, query?: string) =>
	parse(await text(await writtenFile(actor, 'csv', query)), { bom: true, columns: true }) as Record<string, string>[];

/** Inserts a waiting request, also for few reports, which would otherwise be streamed. */
async function insertRequest(actor: Actor, format: 'csv' | 'xlsx' = 'csv'): Promise<string> {
	const values = { accountId: actor.accountId ?? '', format, query: 'status=all', createdAt: new Date() };
	const waiting = { lang: 'id', state: 'waiting' } as const;
	const [row] = await db()
		.insert(caseExports)
		.values({ ...values, ...waiting })
		.returning();
	return row?.id ?? '';
}
const stateOf = async (id: string) => (await db().select().from(caseExports).where(eq(caseExports.id, id)))[0];
async function expectClosed(actor: Actor, id: string): Promise<void> {
	await expect(ownExport(actor, id)).rejects.toMatchObject({ present: { reason: 'export_closed' } });
	expect(await ownExports(actor)).toMatchObject([{ state: 'closed', query: 'status=all' }]);
}

describe('the exported table', () => {
	test('has a row per report with the same columns in both formats', async () => {
		const said = { title: 'Antre', service: 'library', incident_on: '2026-01-05' };
		const { reference } = await caseIn(office, 'closed', said);
		const [row, ...more] = await rowsOfCsv(office.handler);
		expect(more).toEqual([]);
		expect(row).toMatchObject({
			'Nomor laporan': reference,
			'Kode satker': office.unit.code,
			Judul: 'Antre',
			Status: 'Selesai',
			'Nilai pelapor (1–5)': '5',
			'Hari sampai dijawab': '0',
			'Balasan pertama: hasil': 'tepat waktu',
			'Ditangani oleh': office.handler.name
		});
		const [sheet, about] = await sheetsOf(await buffer(await writtenFile(office.handler, 'xlsx')));
		const [head, first] = valuesOf(sheet);
		expect(head).toEqual(Object.keys(row ?? {}));
		expect(first).toEqual(expect.arrayContaining([reference, new Date('2026-01-05'), 0, 5]));
		expect(about?.getColumn(2).values).toContain('Semua');
	});

	test('has the reference of a main report only if the actor may see that one', async () => {
		const main = await makeCase(office.unit);
		const { reference } = await makeCase(office.unit);
		await linkCase(office.handler, reference, await on(reference, { main: main.reference }));
		const mainFor = async (actor: Actor) =>
			(await rowsOfCsv(actor)).find((row) => row['Nomor laporan'] === reference)?.['Laporan utama'];
		expect(await mainFor(office.handler)).toBe(main.reference);
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		await nameOfficer(office.handler, main.reference, officer);
		expect(await mainFor(named)).toBe('');
		expect(await mainFor(office.handler)).toBe(main.reference);
	});

	test('has no name or contact of the reporter', async () => {
		const reporter = { name: 'Zubaidah Contoh', phone: '081234500000' };
		await makeCase(office.unit, { identity: 'withheld', reporter });
		const all = await text(await writtenFile(office.handler, 'csv'));
		expect(all).not.toMatch(/Zubaidah|81234500000/);
	});

	test('has no cell that a spreadsheet program runs as a formula, whatever a citizen typed', async () => {
		const hostile = [
			...['=1+1', '+62', '-2+3', '@SUM(A1)', '\t=1', '\r=2', '＝1+1', '  =1+1', 'teks;=1+1'],
			...['=HYPERLINK("http://contoh.invalid","x")', '_x003D_1+1']
		];
		for (const title of hostile)
			await makeCase(office.unit, { title, body: `${title} ","\n=cmd|' /C calc'!A0 dan seterusnya` });
		// Excel with Indonesian settings splits at semicolons, also inside cells.
		expect(await text(await writtenFile(office.handler, 'csv'))).not.toMatch(/(?:^|[;,\t\r\n])[\s"]*[=+@＝]/m);
		const rows = await rowsOfCsv(office.handler);
		expect(rows).toHaveLength(hostile.length);
		for (const row of rows)
			for (const [column, cell] of Object.entries(row))
				expect([column, cell]).toEqual([column, expect.not.stringMatching(/^[=+\-@\t\r＝]/)]);
		// Quotes, commas and line ends stay inside their cell.
		expect(rows.map((row) => row.Status)).toEqual(hostile.map(() => 'Diterima'));
		const [sheet] = await sheetsOf(await buffer(await writtenFile(office.handler, 'xlsx')));
		expect(valuesOf(sheet).flat()).toContain('_x005F_x003D_1+1');
		sheet?.eachRow((row, n) =>
			row.eachCell((cell) => {
				expect(cell.formula).toBeUndefined();
				if (n > 1 && cell.type === ExcelJS.ValueType.String) expect(cell.numFmt ?? '@').toBe('@');
			})
		);
	});

	test('has only reports of the filter that the actor may see', async () => {
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
		await makeCase(office.unit, { category: 'integrity' });
		await nameOfficer(office.handler, reference, officer);
		expect(await rowsOfCsv(named)).toEqual([]);
		expect(await rowsOfCsv((await makeOffice()).supervisor)).toEqual([]);
		expect(await rowsOfCsv(office.handler)).toHaveLength(1);
		expect(await rowsOfCsv(office.rootSupervisor)).toHaveLength(2);
		expect(await rowsOfCsv(office.rootSupervisor, 'status=all&kind=complaint')).toHaveLength(1);
	});
});

describe('a file that a job writes', () => {
	test('can be read only by its owner, is logged, and is deleted after a day', async () => {
		await makeCase(office.unit);
		const id = await insertRequest(office.handler);
		await expect(ownExport(office.handler, id)).rejects.toBeInstanceOf(NotFound);
		await runExport(id);
		expect(await lastLogged()).toMatchObject({
			actorId: office.handler.accountId,
			action: 'list.exported',
			subject: 'cases',
			after: { filter: { status: 'all' }, rows: 1, complete: true }
		});
		expect(await stateOf(id)).toMatchObject({ state: 'done', rows: 1, progress: 1 });
		const { file, bytes } = await ownExport(office.handler, id);
		const content = await buffer(readExport(file));
		expect(content.length).toBe(bytes);
		expect(content.toString()).toContain(office.unit.code);
		await expect(ownExport(office.supervisor, id)).rejects.toBeInstanceOf(NotFound);
		expect(await ownExports(office.supervisor)).toEqual([]);
		expect(await lastLogged()).toMatchObject({
			actorId: office.handler.accountId,
			action: 'list.downloaded',
			subject: 'cases',
			after: { filter: { status: 'all' }, rows: 1 }
		});
		await sweepExports();
		expect(await ownExports(office.handler)).toHaveLength(1);
		await withClock(() => new Date(Date.now() + 25 * 3_600_000), sweepExports);
		expect(await ownExports(office.handler)).toEqual([]);
		expect(fileExists(file)).toBe(false);
	});

	test('is closed, and its file deleted, when the access of its owner changes', async () => {
		await makeCase(office.unit);
		const [kept, id] = [await insertRequest(office.supervisor), await insertRequest(office.handler)];
		await Promise.all([runExport(kept), runExport(id)]);
		const admin = await makeActor([[office.root.id, 'admin']]);
		await revokeRole(admin, idOf(office.handler), { unitId: office.unit.id, role: 'handler' });
		const elsewhere = (await makeOffice()).unit.id;
		await db()
			.insert(roles)
			.values({ accountId: idOf(office.handler), unitId: elsewhere, role: 'handler' });
		const moved = (await actorOf(idOf(office.handler)))!;
		await expectClosed(moved, id);
		await sweepExports();
		expect(fileExists(`${id}-1`)).toBe(false);
		expect(await stateOf(id)).toMatchObject({ state: 'closed', bytes: null, caseIds: null });
		await expectClosed(moved, id);
		expect(await ownExports(office.supervisor)).toMatchObject([{ state: 'done' }]);
		await withClock(() => new Date(Date.now() + 25 * 3_600_000), sweepExports);
		expect(await ownExports(moved)).toEqual([]);
	});

	test('is closed while it contains a report that its owner may not see any more, or not with its text', async () => {
		const { reference } = await makeCase(office.unit);
		const { id: other } = await readCase((await makeCase(office.unit)).reference);
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		const id = await insertRequest(named);
		await runExport(id);
		await expect(ownExport(named, id)).resolves.toBeDefined();
		const change = (changes: object) => db().update(cases).set(changes).where(eq(cases.id, other));
		await change({ restricted: true });
		await expectClosed(named, id);
		await change({ restricted: false, processingRestrictedAt: new Date() });
		await expectClosed(named, id);
		await change({ processingRestrictedAt: null });
		await expect(ownExport(named, id)).resolves.toBeDefined();
		expect(await ownExports(named)).toMatchObject([{ state: 'done' }]);
		await nameOfficer(office.handler, reference, officer);
		await expectClosed(named, id);
		await expect(ownExport(office.supervisor, id)).rejects.toBeInstanceOf(NotFound);
	});

	test('ends after the current slice if its owner cancels it', async () => {
		await makeManyCases(2500);
		const id = await insertRequest(office.handler);
		const running = runExport(id);
		await expect.poll(async () => (await stateOf(id))?.progress, { interval: 5 }).toBeGreaterThan(0);
		await cancelExport(office.supervisor, id);
		expect((await stateOf(id))?.state).toBe('running');
		await cancelExport(office.handler, id);
		await running;
		const row = await stateOf(id);
		expect(row).toMatchObject({ state: 'cancelled' });
		expect(row?.progress).toBeLessThan(1);
		expect([fileExists(`${id}-1`), fileExists(`${id}-1.part`)]).toEqual([false, false]);
		expect(await lastLogged()).toMatchObject({ subject: 'cases', after: { complete: false } });
	});

	test('is written by another worker if the first died, and fails after three attempts', async () => {
		await makeCase(office.unit);
		const id = await insertRequest(office.handler);
		const die = () =>
			db()
				.update(caseExports)
				.set({ state: 'running', leaseUntil: new Date(Date.now() - 1000), attempts: sql`attempts + 1` })
				.where(eq(caseExports.id, id));
		await die();
		await runExport(id);
		expect(await stateOf(id)).toMatchObject({ state: 'done', attempts: 2 });
		await db().update(caseExports).set({ state: 'waiting', attempts: 2 }).where(eq(caseExports.id, id));
		await die();
		await sweepExports();
		expect(await stateOf(id)).toMatchObject({ state: 'failed' });
		await runExport(id);
		expect(await stateOf(id)).toMatchObject({ state: 'failed' });
		await removeFile(`${id}-2`);
	});

	test('is not written for an account that was switched off', async () => {
		const id = await insertRequest(office.handler);
		const ofHandler = eq(accounts.id, idOf(office.handler));
		await db().update(accounts).set({ active: false }).where(ofHandler);
		await runExport(id);
		expect(await stateOf(id)).toMatchObject({ state: 'failed', rows: 0 });
	});

	test('is not needed for few reports, and an account has only one at a time', async () => {
		await makeCase(office.unit);
		const few = await requestExport(office.handler, 'id', { format: 'csv', query: 'kind=complaint&q=antre&after=x' });
		expect(few).toEqual({ now: { format: 'csv', query: 'kind=complaint' } });
		await expect(requestExport(office.handler, 'id', { format: 'exe', query: '' })).rejects.toBeInstanceOf(Invalid);
		await makeManyCases(5001);
		const all = (format: string) => requestExport(office.handler, 'id', { format, query: 'status=all' });
		const large = await all('csv');
		expect(large).toHaveProperty('job');
		await expect(all('csv')).rejects.toBeInstanceOf(Conflict);
		if ('job' in large) await cancelExport(office.handler, large.job);
		expect(await all('xlsx')).toHaveProperty('job');
	});
});

test('reading stops when the client stops reading or disconnects, and all rows that were sent are counted', async () => {
	await makeManyCases(3500);
	const out = new PassThrough();
	const ended = new AbortController();
	const steps: { rows: number; progress: number }[] = [];
	const filter = await exportedFilter(office.handler, 'status=all');
	const table = { format: 'csv', ...filter, zone: 'UTC', lang: 'id' } as const;
	const step = async (rows: number, progress: number) => void steps.push({ rows, progress });
	const writing = writeCases(out, office.handler, table, ended.signal, step);
	// Nobody reads the stream: when its buffer is full, no further slice is read.
	await expect.poll(() => out.readableLength, { timeout: 10_000 }).toBeGreaterThan(20_000);
	let before = -1;
	for (; before !== steps.length; await new Promise((done) => setTimeout(done, 300))) before = steps.length;
	expect(steps.at(-1)?.progress ?? 0).toBeLessThan(1);
	ended.abort();
	await expect(writing).rejects.toThrow();
	expect(steps.length).toBe(before);
	out.end();
	expect(parse(await text(out), { bom: true, columns: true })).toHaveLength(steps.at(-1)?.rows ?? 0);
});
