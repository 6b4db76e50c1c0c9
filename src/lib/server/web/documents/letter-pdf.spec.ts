import { getDocumentProxy, getMeta } from 'unpdf';
import { expect, test } from 'vitest';
import type { Letter } from '#lib/server/cases/answers/letter.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { letterPdf } from './letter-pdf.ts';

const letter: Letter = {
	number: '12/SPATULA/7604/2026',
	at: new Date('2026-12-03T20:00:00Z'),
	office: {
		name: 'BPS Kabupaten Mamuju',
		address: 'Jalan Contoh 1, Mamuju',
		phone: '(0426) 000000',
		email: null,
		timeZone: 'Asia/Makassar',
		path: ''
	},
	to: null,
	reference: 'SPATULA-7604-26-000123',
	kind: 'complaint',
	title: 'Mesin antrean mati',
	receivedAt: new Date('2026-11-30T03:00:00Z'),
	body: 'Terima kasih atas pengaduan Anda.\n\nMesin antrean sudah diperbaiki.',
	action: 'Kabel catu daya diganti.',
	actionOn: '2026-12-01',
	files: 2,
	signers: [
		{ name: 'Sitti Contoh', position: 'Statistisi' },
		{ name: 'Andi Contoh', position: null, acting: { kind: 'plh', order: 'SPT 12/2026' } }
	],
	singleSignature: false,
	final: false,
	disputableUntil: new Date('2026-12-17T08:00:00Z')
};

const wordsOf = async (pdf: Buffer) => (await wordsOfPages(pdf)).join(' ');

test('a letter is one page of A4 with a title', async () => {
	const pdf = await getDocumentProxy(new Uint8Array(await letterPdf(letter, 'id')));
	expect(pdf.numPages).toBe(1);
	expect((await getMeta(pdf)).info).toMatchObject({
		Title: 'Surat jawaban 12/SPATULA/7604/2026',
		Author: 'BPS Kabupaten Mamuju'
	});
	expect((await pdf.getPage(1)).view.map(Math.round)).toEqual([0, 0, 595, 842]);
});

test('contains office, number, date in the office’s time zone, action, signers and the ways to object', async () => {
	const words = await wordsOf(await letterPdf(letter, 'id'));
	for (const part of [
		'BPS Kabupaten Mamuju',
		'12/SPATULA/7604/2026',
		// Evening in London is the next morning at the office.
		'Jumat, 4 Desember 2026',
		'SPATULA-7604-26-000123, diterima Senin, 30 November 2026',
		'Jawaban atas pengaduan: Mesin antrean mati',
		'2 berkas',
		'Kepada Yth. Pelapor',
		'Mesin antrean sudah diperbaiki.',
		'Tindak lanjut yang dilakukan pada Selasa, 1 Desember 2026 Kabel catu daya diganti.',
		'Sitti Contoh',
		'Statistisi',
		'Andi Contoh',
		'Plh. Penyelia, SPT 12/2026',
		'Pilih “Saya belum puas” di halaman lacak, sampai Kamis, 17 Desember 2026',
		'Ombudsman RI (ombudsman.go.id, telepon 137) atau SP4N-LAPOR!'
	]) {
		expect(words).toContain(part);
	}
	expect(words).not.toContain('satu tanda tangan');
});

test('a single signature is labelled, and the reporter’s name is printed if the report has one', async () => {
	const alone = { ...letter, to: 'Rahmat Contoh', singleSignature: true, signers: letter.signers.slice(0, 1) };
	const words = await wordsOf(await letterPdf(alone, 'id'));
	expect(words).toContain('Kepada Yth. Rahmat Contoh');
	expect(words).toContain('satu tanda tangan');
	expect(words).not.toContain('Disetujui oleh');
});

test('the letter of a final answer says so', async () => {
	const words = await wordsOf(await letterPdf({ ...letter, final: true, disputableUntil: null }, 'id'));
	expect(words).toContain('Jawaban akhir atas pengaduan: Mesin antrean mati');
	expect(words).not.toContain('Saya belum puas');
});

test('a long answer continues on pages with the letter’s number', async () => {
	const pdf = await letterPdf({ ...letter, body: 'Sudah kami periksa. '.repeat(350) }, 'id');
	const pages = await wordsOfPages(pdf);
	expect(pages.length).toBeGreaterThan(1);
	expect(pages.at(-1)).toContain(`12/SPATULA/7604/2026 · halaman ${pages.length} dari ${pages.length}`);
});
