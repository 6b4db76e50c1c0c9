import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stemOf } from './indonesian.ts';
import { likeness, printOf, sharedWords } from './likeness.ts';

const QUEUE = 'Antrean di loket tidak bergerak selama satu jam.';
const QUEUE_TOO = 'Saya mengantre di loket konsultasi lebih dari satu jam, antrean tidak bergerak sama sekali.';
const HEAT = 'AC di ruang tunggu mati, pengunjung kepanasan.';

const alike = (a: string, b: string) => likeness(printOf(a), printOf(b));

test.each([
	['antrean', 'antre'],
	['mengantre', 'antre'],
	['antreannya', 'antre'],
	['pelayanan', 'layan'],
	['dilayani', 'layani'],
	['data', 'data'],
	['ibu', 'ibu']
])('the forms of a word come out as one: %s', (word, stem) => {
	expect(stemOf(word)).toBe(stem);
});

test('two reports about one matter are alike, two about different ones are not', () => {
	expect(alike(QUEUE, QUEUE_TOO)).toBeGreaterThan(0.6);
	expect(alike(QUEUE, HEAT)).toBeLessThan(0.1);
	expect(alike('AC ruang tunggu mati sejak Senin', 'ac di ruang tungu mati sejak senen')).toBeGreaterThan(0.6);
});

test('says which words both hold, as the first writes them', () => {
	expect(sharedWords(printOf(QUEUE_TOO), printOf(QUEUE))).toEqual(['mengantre', 'bergerak', 'loket']);
});

const words = fc.array(fc.constantFrom(...`${QUEUE} ${QUEUE_TOO} ${HEAT}`.split(' ')), { maxLength: 30 });
const text = fc.oneof(
	words.map((list) => list.join(' ')),
	fc.string({ unit: 'grapheme', maxLength: 200 })
);

describe('whatever the texts', () => {
	test('a degree lies between 0 and 1 and is the same from either side', () => {
		fc.assert(
			fc.property(text, text, (a, b) => {
				const degree = alike(a, b);
				expect(degree).toBeGreaterThanOrEqual(0);
				expect(degree).toBeLessThanOrEqual(1);
				expect(alike(b, a)).toBe(degree);
			})
		);
	});

	test('a text is wholly like itself, in whatever order, case and marks', () => {
		fc.assert(
			fc.property(words, (list) => {
				const here = list.join(' ');
				const turned = [...list].reverse().join(' … ').toUpperCase();
				expect(alike(here, turned)).toBe(printOf(here).trigrams.size > 0 ? 1 : 0);
			})
		);
	});

	test('words of its own make a text less like another, never more', () => {
		fc.assert(
			fc.property(words, words, (a, b) => {
				const [x, y] = [a.join(' '), b.join(' ')];
				expect(alike(x, `${y} qqqqq wwwww`)).toBeLessThanOrEqual(alike(x, y));
			})
		);
	});
});
