import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printOf } from '#lib/text/likeness.ts';
import { DUPLICATE_FROM, likelyDuplicates, type Neighbour } from './duplicates.ts';

const QUEUE = 'Antrean di loket konsultasi tidak bergerak selama satu jam.';
const beside = (text: string, more: Partial<Neighbour> = {}): Neighbour & { text: string } => ({
	text,
	print: printOf(text),
	sameSource: false,
	days: 1,
	...more
});

test('shows the likeliest first, with the degree and the words both hold', () => {
	const [first, second] = likelyDuplicates(printOf(QUEUE), [
		beside('AC ruang tunggu mati.'),
		beside('Antrean loket konsultasi tidak bergerak padahal saya datang sejak pembukaan.'),
		beside(QUEUE)
	]);
	expect(first).toMatchObject({ degree: 1, words: ['konsultasi', 'bergerak', 'antrean', 'loket'] });
	expect(second?.degree).toBeGreaterThanOrEqual(DUPLICATE_FROM);
});

test('of the same reporter less likeness is shown already', () => {
	const text = 'Kemarin saya lapor soal antrean, sampai hari ini belum berubah juga.';
	expect(likelyDuplicates(printOf(QUEUE), [beside(text)])).toEqual([]);
	const own = likelyDuplicates(printOf('Soal antrean: belum berubah, laporan kemarin.'), [
		beside(text, { sameSource: true })
	]);
	expect(own).toHaveLength(1);
});

const pool = `${QUEUE} AC ruang tunggu mati parkir penuh tarif mahal`.split(' ');
const text = fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 15 }).map((words) => words.join(' '));
const neighbour = fc
	.record({ text, sameSource: fc.boolean(), days: fc.integer({ min: 0, max: 14 }) })
	.map(({ text: said, ...more }) => beside(said, more));

describe('whatever is beside it', () => {
	test('at most five, sorted, none below its bound', () => {
		fc.assert(
			fc.property(text, fc.array(neighbour, { maxLength: 30 }), (of, all) => {
				const found = likelyDuplicates(printOf(of), all);
				expect(found.length).toBeLessThanOrEqual(5);
				for (const { degree, neighbour: one } of found) {
					expect(degree).toBeGreaterThanOrEqual(one.sameSource ? DUPLICATE_FROM / 2 : DUPLICATE_FROM);
				}
				const degrees = found.map(({ degree }) => degree);
				expect(degrees).toEqual([...degrees].sort((a, b) => b - a));
			})
		);
	});

	test('an identical report is always first', () => {
		fc.assert(
			fc.property(text, fc.array(neighbour, { maxLength: 30 }), (of, all) => {
				fc.pre(printOf(of).trigrams.size > 0);
				expect(likelyDuplicates(printOf(of), [...all, beside(of, { days: 0 })])[0]?.degree).toBe(1);
			})
		);
	});
});
