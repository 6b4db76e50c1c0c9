import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stemOf } from './indonesian.ts';
import { similarityOf, fingerprintOf, sharedWords } from './text-similarity.ts';

const QUEUE = 'Antrean di loket tidak bergerak selama satu jam.';
const QUEUE_TOO = 'Saya mengantre di loket konsultasi lebih dari satu jam, antrean tidak bergerak sama sekali.';
const HEAT = 'AC di ruang tunggu mati, pengunjung kepanasan.';

const alike = (a: string, b: string) => similarityOf(fingerprintOf(a), fingerprintOf(b));

test.each([
	['antrean', 'antre'],
	['mengantre', 'antre'],
	['antreannya', 'antre'],
	['pelayanan', 'layan'],
	['dilayani', 'layani'],
	['data', 'data'],
	['ibu', 'ibu']
])('the forms of a word have one stem: %s', (word, stem) => {
	expect(stemOf(word)).toBe(stem);
});

test('two reports about one subject are similar, two about different subjects are not', () => {
	expect(alike(QUEUE, QUEUE_TOO)).toBeGreaterThan(0.6);
	expect(alike(QUEUE, HEAT)).toBeLessThan(0.1);
	expect(alike('AC ruang tunggu mati sejak Senin', 'ac di ruang tungu mati sejak senen')).toBeGreaterThan(0.6);
});

test('the polite ending of two reports says nothing about their subject', () => {
	const dark = 'Lampu jalan di depan perumahan kami sudah dua minggu mati dan jalannya gelap sekali.';
	const hot = 'AC ruang pelayanan mati sejak hari Senin dan panas sekali.';
	const ending = ' Mohon segera diperbaiki.';
	expect(alike(dark + ending, hot + ending)).toBeLessThan(0.45);
});

test('returns the common words as the first text writes them', () => {
	expect(sharedWords(fingerprintOf(QUEUE_TOO), fingerprintOf(QUEUE))).toEqual(['mengantre', 'bergerak', 'loket']);
});

const words = fc.array(fc.constantFrom(...`${QUEUE} ${QUEUE_TOO} ${HEAT}`.split(' ')), { maxLength: 30 });
const text = fc.oneof(
	words.map((list) => list.join(' ')),
	fc.string({ unit: 'grapheme', maxLength: 200 })
);

describe('for any texts', () => {
	test('the similarity is between 0 and 1 and symmetric', () => {
		fc.assert(
			fc.property(text, text, (a, b) => {
				const degree = alike(a, b);
				expect(degree).toBeGreaterThanOrEqual(0);
				expect(degree).toBeLessThanOrEqual(1);
				expect(alike(b, a)).toBe(degree);
			})
		);
	});

	test('a text has similarity 1 to itself in any order, case and punctuation', () => {
		fc.assert(
			fc.property(words, (list) => {
				const here = list.join(' ');
				const turned = [...list].reverse().join(' … ').toUpperCase();
				expect(alike(here, turned)).toBe(fingerprintOf(here).trigrams.size > 0 ? 1 : 0);
			})
		);
	});

	test('additional words of one text never raise the similarity', () => {
		fc.assert(
			fc.property(words, words, (a, b) => {
				const [x, y] = [a.join(' '), b.join(' ')];
				expect(alike(x, `${y} qqqqq wwwww`)).toBeLessThanOrEqual(alike(x, y));
			})
		);
	});
});
