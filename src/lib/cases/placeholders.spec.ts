import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	emptyHeadingsIn,
	fillIn,
	placeholdersIn,
	PLACEHOLDERS,
	unfilledIn,
	unknownPlaceholdersIn,
	type PlaceholderValues
} from './placeholders.ts';

const nothing = Object.fromEntries(PLACEHOLDERS.map((name) => [name, null])) as PlaceholderValues;

test('fills placeholders that have a value, and keeps and lists those without one', () => {
	const values = { ...nothing, nomor: 'SPATULA-7604-26-000001', kantor: 'BPS Kabupaten Mamuju' };
	expect(fillIn('Laporan {nomor} di { kantor }, layanan {layanan}.', values)).toEqual({
		text: 'Laporan SPATULA-7604-26-000001 di BPS Kabupaten Mamuju, layanan {layanan}.',
		empty: ['layanan']
	});
});

test('distinguishes unknown placeholders from those without a value', () => {
	const text = 'Nomor {nomor}, batas {batas_wktu}, tanggal {tanggal laporan}, {nomor}';
	expect(unknownPlaceholdersIn(text)).toEqual(['batas_wktu', 'tanggal laporan']);
	expect(placeholdersIn(text)).toEqual(['nomor']);
});

test('braces around several lines are not a placeholder', () => {
	expect(unknownPlaceholdersIn('{ini\nbukan isian}')).toEqual([]);
});

test('inserts a value unchanged, even if it looks like a placeholder or a pattern', () => {
	fc.assert(
		fc.property(fc.string({ minLength: 1, maxLength: 40 }), (value) => {
			expect(fillIn('<{nomor}>', { ...nothing, nomor: value }).text).toBe(`<${value}>`);
		})
	);
});

test('no placeholder remains if every value is known', () => {
	const full = Object.fromEntries(PLACEHOLDERS.map((name) => [name, 'isi'])) as Record<
		(typeof PLACEHOLDERS)[number],
		string
	>;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...PLACEHOLDERS)), (names) => {
			const { text, empty } = fillIn(names.map((name) => `{${name}}`).join(' dan '), full);
			expect([placeholdersIn(text), empty]).toEqual([[], []]);
		})
	);
});

test('finds empty headings before another heading and at the end of the text', () => {
	const text = 'Terima kasih.\n\nHasil pemeriksaan:\n\nYang kami lakukan:\nDua kursi ditambah.\n\nTindak lanjut:\n';
	expect(emptyHeadingsIn(text)).toEqual(['Hasil pemeriksaan:', 'Tindak lanjut:']);
	expect(unfilledIn(`${text}{isian}`)).toEqual(['{isian}', '“Hasil pemeriksaan:”']);
});

test('text after a blank line fills a heading, and list items are not headings', () => {
	expect(emptyHeadingsIn('Mohon lengkapi:\n\n1. Nama:\n2. Tanggal:\n- Tempat:\na) Pukul:\n\nTerima kasih.')).toEqual(
		[]
	);
	expect(emptyHeadingsIn('Jawaban kami:\n\nData tersedia di situs kami.')).toEqual([]);
	expect(emptyHeadingsIn('Lihat http://contoh.example: di sana.')).toEqual([]);
});
