import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRECEDENT_FROM, suggestCategory, type Precedent, DEFAULT_CATEGORY_WORDS } from './category-suggestion.ts';
import { CATEGORIES } from './vocabulary.ts';

const suggest = (text: string, past: Precedent[] = []) => suggestCategory(text, DEFAULT_CATEGORY_WORDS, past);

test.each([
	['Antrean di loket tidak bergerak, saya menunggu dua jam.', 'time'],
	['Saya menunggu data inflasi sejak pukul 9 sampai 11, tidak ada yang melayani.', 'time'],
	['Data inflasi yang saya terima salah: data kosong untuk bulan Juli.', 'product'],
	['Petugasnya ketus dan membentak saya di depan orang.', 'behaviour'],
	['AC di ruang tunggu mati dan toiletnya kotor.', 'facilities'],
	['Petugas meminta uang rokok supaya surat saya cepat selesai.', 'integrity'],
	['Tabel PDRB di situs web tidak lengkap dan tidak bisa diunduh.', 'product'],
	['Tarif publikasi cetak terlalu mahal dan tidak ada kuitansi.', 'cost'],
	['Persyaratan berubah, saya harus membawa fotokopi KTP lagi.', 'requirements']
])('reads %j', (text, category) => {
	expect(suggest(text)?.category).toBe(category);
});

test('a suggestion shows the matching words as the list spells them', () => {
	expect(suggest('Antreannya lama sekali.')).toEqual({ category: 'time', words: ['antre', 'lama'], similar: 0 });
});

test('several similar earlier reports outweigh a word of the list', () => {
	const past: Precedent[] = [0.8, 0.7, 0.6, 0.5].map((likeness) => ({ category: 'facilities', likeness }));
	expect(suggest('Sudah lama begini terus.', past)).toEqual({ category: 'facilities', words: [], similar: 4 });
});

test('suggests no category if no word matches and no earlier report is similar enough', () => {
	expect(suggest('Terima kasih atas bantuannya kemarin.')).toBeUndefined();
	expect(suggest('', [{ category: 'time', likeness: PRECEDENT_FROM - 0.01 }])).toBeUndefined();
});

test('the default words belong to known categories, and none repeats within a category', () => {
	const keys = DEFAULT_CATEGORY_WORDS.map(({ category, word }) => `${category} ${word}`);
	expect(new Set(keys).size).toBe(keys.length);
	expect(DEFAULT_CATEGORY_WORDS.every(({ category }) => CATEGORIES.includes(category))).toBe(true);
});

const precedent = fc.record({
	category: fc.constantFrom(...CATEGORIES),
	likeness: fc.double({ min: 0, max: 1, noNaN: true })
});
const words = fc.array(fc.constantFrom(...DEFAULT_CATEGORY_WORDS.map(({ word }) => word), 'loket', 'kantor'));

describe('for any text and any earlier reports', () => {
	test('a suggestion has a reason and counts no more similar reports than there are', () => {
		fc.assert(
			fc.property(words, fc.array(precedent, { maxLength: 20 }), (list, past) => {
				const found = suggest(list.join(' '), past);
				if (!found) return;
				expect(found.words.length + found.similar).toBeGreaterThan(0);
				expect(found.similar).toBeLessThanOrEqual(past.filter((one) => one.category === found.category).length);
			})
		);
	});

	test('the order of the lists does not change the suggestion', () => {
		fc.assert(
			fc.property(words, fc.array(precedent, { maxLength: 20 }), (list, past) => {
				const text = list.join(' ');
				const reversed = suggestCategory(text, [...DEFAULT_CATEGORY_WORDS].reverse(), [...past].reverse());
				expect(reversed?.category).toBe(suggest(text, past)?.category);
			})
		);
	});
});
