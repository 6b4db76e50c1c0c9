import { desc, eq } from 'drizzle-orm';
import ExcelJS from 'exceljs';
import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { parseReference } from '#lib/text/reference-numbers.ts';
import { waitingPage } from '#lib/server/cases/answers/approval-lists.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { readLog } from '#lib/server/people/audit-log.ts';
import { recordsOf, sheetsOf } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { inboundInput } from '#lib/dev/testing/forwarding/inbound.ts';
import { forwardedCase, makeOffice as makeLaporOffice, verifiedCase } from '#lib/dev/testing/lapor.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { startSurvey } from '#lib/dev/testing/figures/skm-history.ts';
import { ANSWER, act, atTime, caseIn, makeOffice, on, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { BATCH, sheetResponse } from './list-sheet.ts';
import {
	approvalsSheet,
	escalationsSheet,
	inboundSheet,
	inboxSheet,
	registerSheet,
	unrecordedSheet,
	visitsSheet
} from './desk-lists.ts';
import { officersSheet, officesSheet, ratingsSheet, skmSheet } from './insight-sheets.ts';

const office = useOffice();

type Sheet = typeof inboxSheet;
const requestSheet = (sheet: Sheet, actor: Actor, query = '') => sheet(requestTo(`/desk/excel${query}`, { actor }));

/** The rows of the file, by the words of its header. */
async function openSheet(response: Response) {
	const [sheet, about] = await sheetsOf(await response.arrayBuffer());
	return { rows: recordsOf(sheet), sheet, about };
}

const lastEntry = async () => {
	const [entry] = await db()
		.select()
		.from(auditEntries)
		.where(eq(auditEntries.action, 'list.exported'))
		.orderBy(desc(auditEntries.id))
		.limit(1);
	return entry;
};

test('contains the rows of the list in its order, and the audit log records who exported it', async () => {
	await caseIn(office, 'received');
	await caseIn(office, 'in_progress', { kind: 'suggestion', title: 'Kursi' });
	await caseIn(office, 'closed', { kind: 'suggestion' });
	const response = await requestSheet(inboxSheet, office.handler, '?kind=suggestion&status=all&after=-~5');
	expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="inbox-\d{4}-\d\d-\d\d\.xlsx"$/);
	expect(response.headers.get('cache-control')).toBe('private, no-store');
	const { rows, about } = await openSheet(response);
	const { items } = await inbox(office.handler, { kind: 'suggestion' });
	expect(rows.map((row) => row['Nomor laporan'])).toEqual(items.map((item) => item.reference));
	expect(rows.map((row) => row.Status)).toEqual(['Sedang ditindaklanjuti', 'Selesai']);
	expect(rows[0]).toMatchObject({ Judul: 'Kursi', 'Ditangani oleh': office.handler.name });
	expect(about?.getColumn(2).values).toContain('Semua · Saran');
	await expect.poll(lastEntry).toMatchObject({
		actorId: office.handler.accountId,
		unitId: office.unit.id,
		subject: 'inbox',
		after: { filter: { kind: 'suggestion', status: 'all' }, rows: 2, complete: true }
	});
	const admin = await makeActor([[office.unit.id, 'admin']]);
	expect(await readLog(admin, { area: 'list' }, 'Asia/Makassar')).toMatchObject([{ action: 'list.exported' }]);
});

test('a report whose answer waits for its second person has the state of the list', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	const { rows } = await openSheet(await requestSheet(inboxSheet, office.handler));
	expect(rows.map((row) => row.Status)).toEqual(['Menunggu persetujuan']);
});

test('times are in the office’s time zone', async () => {
	const { reference } = await makeCase(office.unit);
	const { rows } = await openSheet(await requestSheet(inboxSheet, office.handler));
	const { receivedAt } = await readCase(reference);
	// Makassar is eight hours ahead of UTC. A spreadsheet stores minutes without a time zone.
	const minutes = Math.floor(receivedAt.getTime() / 60_000) + 8 * 60;
	expect((rows[0]?.['Diterima pada'] as Date).getTime()).toBe(minutes * 60_000);
});

test('user text stays text: no formula and no broken file', async () => {
	const title = '=HYPERLINK("http://contoh.invalid";"klik")';
	const { reference } = await makeCase(office.unit, {
		title,
		body: '@SUM(A1) <b>&</b> \u0007\ud800 +62 -1 ]]> akhir.'
	});
	const { rows, sheet } = await openSheet(await requestSheet(inboxSheet, office.handler));
	expect(rows[0]).toMatchObject({ 'Nomor laporan': reference, Judul: title });
	expect(String(rows[0]?.['Kata-kata awal'])).toContain('@SUM(A1) <b>&</b>');
	const cell = sheet?.getCell('C2');
	expect(cell?.type).toBe(ExcelJS.ValueType.String);
	expect(cell?.numFmt).toBe('@');
	expect(cell?.formula).toBeUndefined();
});

test('cases that the actor may not see are not exported', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const { reference } = await makeCase(office.unit, { title: 'Zamrud' });
	await changeNamedOfficers(office.handler, reference, await on(reference, { officer: officer.id, action: 'add' }));
	const stranger = await makeOffice();
	for (const query of ['', '?status=all', '?q=zamrud', `?q=${reference}`]) {
		for (const actor of [named, stranger.supervisor]) {
			expect((await openSheet(await requestSheet(inboxSheet, actor, query))).rows, query).toEqual([]);
		}
		expect((await openSheet(await requestSheet(inboxSheet, office.handler, query))).rows, query).toHaveLength(1);
	}
	// The log records that words were searched, but not which words.
	await expect.poll(lastEntry).toMatchObject({ after: { filter: { q: 'on' } } });
	expect(JSON.stringify(await db().select().from(auditEntries))).not.toContain('zamrud');
});

test('a long list is read by pages, with each row once', async () => {
	const { id } = await readCase((await makeCase(office.unit)).reference);
	await copyCases(id, 1234);
	const whole = await openSheet(await requestSheet(inboxSheet, office.handler));
	expect(whole.rows).toHaveLength(1235);
	expect(new Set(whole.rows.map((row) => row['Nomor laporan'])).size).toBe(1235);
});

test('stops reading rows while the client does not read, and ends and logs the export when it disconnects', async () => {
	let read = 0;
	const response = await sheetResponse(office.handler, 'id', {
		list: 'inbox',
		title: 'Tanpa akhir',
		filter: new URLSearchParams(),
		columns: [{ label: 'Acak', width: 40, value: (row: string) => row }],
		page: async () => {
			read += BATCH;
			return {
				items: Array.from({ length: BATCH }, () => crypto.randomUUID() + crypto.randomUUID()),
				nextCursor: 'further'
			};
		}
	});
	const reader = response.body?.getReader();
	await reader?.read();
	const settled = async () => {
		for (let before = -1; before !== read; await new Promise((done) => setTimeout(done, 500))) before = read;
		return read;
	};
	const first = await settled();
	expect(first).toBeLessThan(400 * BATCH);
	while (read === first) await reader?.read();
	await reader?.cancel();
	await expect.poll(lastEntry).toMatchObject({ after: { filter: {}, complete: false } });
	const ended = read;
	await new Promise((done) => setTimeout(done, 300));
	expect(read).toBe(ended);
});

test('a file opens although its title has characters that are not allowed in the name of a sheet', async () => {
	const response = await sheetResponse(office.supervisor, 'id', {
		list: 'destruction',
		title: 'Usul musnah 100/MUSNAH/7600.01/2027',
		filter: new URLSearchParams(),
		columns: [{ label: 'Bagian', width: 10, value: (row: string) => row }],
		page: async () => ({ items: ['Isi'], nextCursor: null })
	});
	const { sheet, about, rows } = await openSheet(response);
	expect([sheet?.name, rows]).toEqual(['Usul musnah 100-MUSNAH-7600.01-', [{ Bagian: 'Isi' }]]);
	expect(about?.getColumn(2).values).toContain('Usul musnah 100/MUSNAH/7600.01/2027');
});

test('waiting drafts are exported with their text', async () => {
	const drafted = await caseIn(office, 'in_progress');
	await answerCase(office.handler, drafted.reference, await on(drafted.reference, { body: ANSWER }));
	const { rows } = await openSheet(await requestSheet(approvalsSheet, office.supervisor));
	expect(rows).toMatchObject([
		{ 'Nomor laporan': drafted.reference, 'Isi rancangan': ANSWER, 'Ditulis oleh': office.handler.name }
	]);
	const { items } = await waitingPage(office.supervisor, undefined, 10);
	expect(rows).toHaveLength(items.length);
});

test('no file of the desk contains the words of a reporter at whose request processing is restricted', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const { unit, actor } = await makeLaporOffice();
	const words = { title: 'Zamrud', body: 'Zamrud hilang di loket konsultasi sejak awal bulan ini.' };
	await forwardedCase({ unit, actor }, {}, words);
	await receiveInbound(actor, inboundInput({ unit }, { title: words.title, content: words.body }));
	const { reference } = await verifiedCase({ unit, actor }, words);
	await assignCase(actor, reference, await on(reference, { assignee: actor.accountId }));
	await answerCase(await makeActor([[unit.id, 'handler']]), reference, await on(reference, { body: ANSWER }));
	const read = async () => {
		const files: Record<string, string> = {};
		for (const [name, sheet] of Object.entries({
			inboxSheet,
			approvalsSheet,
			escalationsSheet,
			unrecordedSheet,
			inboundSheet
		}))
			files[name] = JSON.stringify((await openSheet(await requestSheet(sheet, actor))).rows);
		const year = `?unit=${unit.slug}&year=${parseReference(reference)?.year}`;
		files.registerSheet = JSON.stringify((await openSheet(await requestSheet(registerSheet, actor, year))).rows);
		return files;
	};
	for (const [name, text] of Object.entries(await read())) expect(text, name).toContain('Zamrud');
	await db().update(cases).set({ processingRestrictedAt: new Date() });
	const { unrecordedSheet: unrecorded, ...others } = await read();
	// Nothing may go to LAPOR, so the list of complaints to record has no rows.
	expect(unrecorded).toBe('[]');
	for (const [name, text] of Object.entries(others)) {
		expect(text, name).toContain(unit.code);
		expect(text, name).not.toContain('Zamrud');
	}
});

test('every list of the desk can be exported, even an empty one', async () => {
	for (const sheet of [approvalsSheet, escalationsSheet, unrecordedSheet, inboundSheet, visitsSheet]) {
		const { rows, about } = await openSheet(await requestSheet(sheet, office.supervisor));
		expect(rows).toEqual([]);
		expect(about?.name).toBe('Keterangan');
	}
});

test('files of figures keep the rules of their pages: no score of officers with too few ratings, no flagged comment, no time', async () => {
	const { unit } = office;
	const manager = await makeActor([[unit.id, 'manager']]);
	const [rated, few] = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	for (let n = 0; n < 11; n++) await rateOn(unit, '2026-03-02', { officer: rated.id, score: 4 });
	await rateOn(unit, '2026-03-03', { officer: few.id, score: 1, comment: 'Telepon saya 081234567890 saja.' });
	const query = `?unit=${unit.slug}&from=2026-03-01&to=2026-03-31`;
	const officers = await openSheet(await requestSheet(officersSheet as Sheet, manager, query));
	const rowOf = ({ name }: { name: string }) => officers.rows.find((row) => row.Petugas === name);
	expect(rowOf(rated)).toMatchObject({ Penilaian: 11, 'Rata-rata disesuaikan': expect.any(Number), 'Nilai 4': 11 });
	const why = 'Tanpa peringkat. Peringkat hanya ditampilkan bila ada lima petugas atau lebih dengan data yang cukup.';
	expect(rowOf(rated)).toMatchObject({ 'Rata-rata apa adanya': 4, Peringkat: why });
	expect(rowOf(few)).toMatchObject({
		Penilaian: 1,
		'Rata-rata disesuaikan': null,
		'Rata-rata apa adanya': null,
		'Nilai 1': null,
		Peringkat: 'Data belum cukup'
	});
	const share = Object.keys(rowOf(rated) ?? {}).indexOf(m.insight_col_verified()) + 1;
	expect(officers.sheet?.getRow(2).getCell(share).numFmt).toBe('0.00%');

	const ratings = await requestSheet(ratingsSheet as Sheet, manager, `${query}&format=csv`);
	expect(ratings.headers.get('content-type')).toContain('text/csv');
	const text = await ratings.text();
	expect(text).toContain('2026-03-03');
	expect(text).not.toMatch(/0812|\d\d[:.]\d\d/);
	for (const sheet of [ratingsSheet, officersSheet, officesSheet, skmSheet])
		await expect(requestSheet(sheet as Sheet, office.handler, query)).rejects.toMatchObject({ status: 403 });
	for (const sheet of [officesSheet, skmSheet]) await openSheet(await requestSheet(sheet as Sheet, manager, query));
});

test('a file of figures says its period and office, also if the address does not', async () => {
	const manager = await makeActor([[office.unit.id, 'manager']]);
	await startSurvey(office.unit);
	await atTime('2026-11-30T02:00:00Z', async () => {
		const response = await requestSheet(skmSheet as Sheet, manager, '?period=2026-Q1&service=library&format=csv');
		const name = `skm-${office.unit.slug}-library-2026-01-01-2026-03-31.csv`;
		expect(response.headers.get('content-disposition')).toContain(name);
		const cells = [office.unit.name, '2026-01-01', '2026-03-31', 'Perpustakaan'];
		expect((await response.text()).replaceAll(';', ',')).toContain(cells.join(','));
		const { about } = await openSheet(await requestSheet(officersSheet as Sheet, manager));
		const facts = JSON.stringify(about?.getSheetValues());
		expect(facts).toContain(
			[
				`Satuan kerja: ${office.unit.name}`,
				'Cakupan: Satuan kerja ini saja',
				'Dari tanggal: 1 Des 2025',
				'Sampai tanggal: 30 Nov 2026'
			].join(' · ')
		);
	});
});
