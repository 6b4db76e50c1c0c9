import { beforeAll, expect, test } from 'vitest';
import { cellText, type RecapTable } from '#lib/recap/table.ts';
import { recapTables } from '#lib/recap/tables.ts';
import { m } from '#lib/paraglide/messages.js';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { db } from '#lib/server/db/index.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { addFollowUp } from '#lib/server/recap/follow-ups.ts';
import { recapView, type RecapView } from '#lib/server/recap/view.ts';
import { sheetsOf, valuesOf, wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { atTime, bringTo, caseIn, makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { recapPdf } from './recap-pdf.ts';
import { recapBook } from '../sheets/recap-sheet.ts';

const LATER = new Date('2026-04-02T02:00:00Z');
let office: Office;
let filed: RecapView;
let empty: RecapView;
let corrected: RecapView;
beforeAll(async () => {
	await ensureDefaults(db());
	office = await makeOffice();
	const manager = await makeActor([[office.root.id, 'supervisor', 'manager']]);
	await atTime('2026-02-20T02:00:00Z', () => makeCase(office.unit, { kind: 'suggestion' }));
	await atTime('2026-03-02T02:00:00Z', async () => {
		for (const channel of ['web', 'qr', 'box', 'web'] as const) await makeCase(office.unit, {}, { channel });
		await caseIn(office, 'closed', { kind: 'information_request', service: 'library' });
		await makeCase(office.unit, { category: 'integrity' });
	});
	const late = await atTime('2026-03-03T02:00:00Z', () => makeCase(office.unit));
	await atTime('2026-03-30T02:00:00Z', () => bringTo(office, late.reference, 'answered'));
	const about = { unit: office.unit.code, scope: 'own' as const, period: '2026-03' };
	await atTime('2026-03-30T02:00:00Z', async () => {
		// Enough rows to need a second page.
		for (let n = 1; n <= 40; n += 1)
			await addFollowUp(manager, about, {
				rootCause: `Akar masalah nomor ${n}, yang ditulis cukup panjang sehingga perlu dua baris.`,
				action: `Tindak lanjut ${n}`,
				who: 'Subbagian umum',
				dueOn: '2026-05-01'
			});
	});
	filed = await atTime(LATER.toISOString(), async () => {
		await fileRecap(manager, office.unit.code, { period: '2026-03', version: 0 });
		return recapView(manager, about);
	});
	corrected = await atTime('2026-04-03T02:00:00Z', async () => {
		const cause = { rootCause: '=1+1', action: 'Menambah loket', who: 'Subbagian umum', dueOn: '2026-05-02' };
		await addFollowUp(manager, about, cause);
		await fileRecap(manager, office.unit.code, { period: '2026-03', version: 1, reason: 'Satu rencana terlewat.' });
		return recapView(manager, about);
	});
	empty = await atTime(LATER.toISOString(), () => recapView(manager, { ...about, period: '2026-01' }));
});

/** Joins lines and runs of spaces to single spaces. */
const singleSpaced = (text: string) => text.replace(/\s+/g, ' ').trim();

const pages = async (view: RecapView) => wordsOfPages(await recapPdf(view, 'Pembaca Contoh', LATER, 'id'));

const rowText = (table: RecapTable, index: number) =>
	singleSpaced(table.rows[index]?.cells.map((cell) => cellText(cell, 'id')).join(' ') ?? '');

test('the PDF contains what the screen shows: number, period, every row of every section, and who filed it', async () => {
	const read = await pages(filed);
	const fullText = read.join(' ');
	const tables = recapTables(filed.figures, 'id');
	expect(fullText).toContain(filed.filing?.number);
	expect(fullText).toContain('Rekap bulanan Maret 2026');
	expect(fullText).toContain(filed.filing?.signer.name);
	expect(fullText).toContain(office.unit.name);
	for (const table of tables) {
		expect(fullText).toContain(table.title);
		if (table.rows.length === 0) expect(fullText).toContain(singleSpaced(`${table.title} ${table.note ?? ''} NIHIL`));
		if (table.id !== 'follow_ups') table.rows.forEach((_, index) => expect(fullText).toContain(rowText(table, index)));
	}
	for (let n = 1; n <= 40; n += 1) expect(fullText).toContain(`nomor ${n},`);
});

test('the pages are numbered, and a continued table repeats its head', async () => {
	const read = await pages(filed);
	expect(read.length).toBeGreaterThan(2);
	const head = [m.recap_root_cause(), m.recap_action(), m.recap_who(), m.recap_due_on(), m.common_state()].join(' ');
	read.forEach((page, index) => {
		expect(page).toContain(`Halaman ${index + 1} dari ${read.length}`);
		if (/nomor \d+,/.test(page)) expect(page).toContain(head);
	});
	expect(read.filter((page) => page.includes(head)).length).toBeGreaterThan(1);
});

test('an empty month prints NIHIL in every empty section', async () => {
	const [page = ''] = await pages(empty);
	expect(page.split('NIHIL').length - 1).toBeGreaterThanOrEqual(3);
});

test('a section that the reader may not see gives the reason instead of NIHIL, in the PDF and the spreadsheet', async () => {
	const withheld = { oversight: null, ratings: 'own' as const, suggestions: { shown: [], hidden: null } };
	const view: RecapView = { ...empty, figures: { ...empty.figures, ...withheld } };
	const reasons = [
		['oversight', m.recap_withheld_officer()],
		['ratings', m.recap_ratings_own()],
		['suggestions', m.recap_hidden_officer()]
	];
	const sheets = await sheetsOf(await recapBook(view, 'Pembaca Contoh', LATER, 'id'));
	const text = (await pages(view)).join(' ');
	for (const [section, why] of reasons) {
		const { title } = recapTables(view.figures, 'id').find(({ id }) => id === section) ?? {};
		expect(text).toContain(`${why}`);
		expect(text).not.toContain(`${why} NIHIL`);
		const [, ...rows] = valuesOf(sheets.find(({ name }) => name === title));
		expect(rows.map(([cell]) => cell)).toEqual([why]);
	}
});

test('the spreadsheet contains the same figures as numbers in every section', async () => {
	const [about, ...sheets] = await sheetsOf(await recapBook(filed, 'Pembaca Contoh', LATER, 'id'));
	expect(valuesOf(about).map(([, value]) => value)).toContain(filed.filing?.number);
	const tables = recapTables(filed.figures, 'id');
	expect(sheets).toHaveLength(tables.length);
	// No name is cut.
	expect(sheets.map(({ name }) => name)).toEqual(tables.map(({ sheet, title }) => sheet ?? title));
	tables.forEach((table, position) => {
		const [head, ...rows] = valuesOf(sheets[position]);
		expect(head).toEqual(table.columns.map(({ label }) => label));
		if (table.rows.length === 0) return expect(rows.map(([cell]) => cell)).toEqual(['NIHIL']);
		// Empty cells are read as null.
		expect(rows).toEqual(
			table.rows.map(({ cells }) =>
				cells.map((cell) => (cell === '' ? null : typeof cell === 'object' ? cell.value : cell))
			)
		);
	});
	expect(typeof valuesOf(sheets[0])[1]?.[2]).toBe('number');
});

test('the spreadsheet of a correction lists the changed figures, like the PDF', async () => {
	const title = 'Perbedaan dengan Versi 1';
	const sheets = await sheetsOf(await recapBook(corrected, 'Pembaca Contoh', LATER, 'id'));
	expect(sheets).toHaveLength(recapTables(corrected.figures, 'id').length + 2);
	const difference = sheets.at(-1);
	expect(difference?.name).toBe(title);
	const [head, ...rows] = valuesOf(difference);
	expect(head).toEqual(['Baris', 'Bagian', 'Kolom', 'Semula', 'Menjadi']);
	expect(rows).toContainEqual(expect.arrayContaining(['=1+1', 'tidak ada', 'Menambah loket']));
	expect((await pages(corrected)).join(' ')).toContain(title);
	const former = await sheetsOf(await recapBook(filed, 'x', LATER, 'id'));
	expect(former.map(({ name }) => name)).not.toContain(title);
});
