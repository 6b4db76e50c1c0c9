import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	emptyHeadingsIn,
	fillIn,
	openIn,
	PLACEHOLDERS,
	unfilledIn,
	unknownIn,
	type PlaceholderValues
} from './placeholders.ts';

const nothing = Object.fromEntries(PLACEHOLDERS.map((name) => [name, null])) as PlaceholderValues;

test('known names get their values, what is empty stays as it stands and is named', () => {
	const values = { ...nothing, nomor: 'SPATULA-7604-26-000001', kantor: 'BPS Kabupaten Mamuju' };
	expect(fillIn('Laporan {nomor} di { kantor }, layanan {layanan}.', values)).toEqual({
		text: 'Laporan SPATULA-7604-26-000001 di BPS Kabupaten Mamuju, layanan {layanan}.',
		empty: ['layanan']
	});
});

test('distinguishes unknown placeholders from those without a value', () => {
	const text = 'Nomor {nomor}, batas {batas_wktu}, tanggal {tanggal laporan}, {nomor}';
	expect(unknownIn(text)).toEqual(['batas_wktu', 'tanggal laporan']);
	expect(openIn(text)).toEqual(['nomor']);
});

test('braces that hold a paragraph are words, not a placeholder', () => {
	expect(unknownIn('{ini\nbukan isian}')).toEqual([]);
});

test('a value is put in as it is, also where it looks like a placeholder or a pattern', () => {
	fc.assert(
		fc.property(fc.string({ minLength: 1, maxLength: 40 }), (value) => {
			expect(fillIn('<{nomor}>', { ...nothing, nomor: value }).text).toBe(`<${value}>`);
		})
	);
});

test('with every value there, nothing stays open', () => {
	const full = Object.fromEntries(PLACEHOLDERS.map((name) => [name, 'isi'])) as Record<
		(typeof PLACEHOLDERS)[number],
		string
	>;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...PLACEHOLDERS)), (names) => {
			const { text, empty } = fillIn(names.map((name) => `{${name}}`).join(' dan '), full);
			expect([openIn(text), empty]).toEqual([[], []]);
		})
	);
});

test('a heading with nothing below it is empty: before another heading, or at the end', () => {
	const text = 'Terima kasih.\n\nHasil pemeriksaan:\n\nYang kami lakukan:\nDua kursi ditambah.\n\nTindak lanjut:\n';
	expect(emptyHeadingsIn(text)).toEqual(['Hasil pemeriksaan:', 'Tindak lanjut:']);
	expect(unfilledIn(`${text}{isian}`)).toEqual(['{isian}', '“Hasil pemeriksaan:”']);
});

test('what stands below a blank line fills a heading, and items of a list are no headings', () => {
	expect(emptyHeadingsIn('Mohon lengkapi:\n\n1. Nama:\n2. Tanggal:\n- Tempat:\na) Pukul:\n\nTerima kasih.')).toEqual(
		[]
	);
	expect(emptyHeadingsIn('Jawaban kami:\n\nData tersedia di situs kami.')).toEqual([]);
	expect(emptyHeadingsIn('Lihat http://contoh.example: di sana.')).toEqual([]);
});
