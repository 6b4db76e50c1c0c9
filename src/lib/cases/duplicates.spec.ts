import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '#lib/text/text-similarity.ts';
import { DUPLICATE_FROM, likelyDuplicates, type Neighbour } from './duplicates.ts';

const QUEUE = 'Antrean di loket konsultasi tidak bergerak selama satu jam.';
const neighbourOf = (text: string, more: Partial<Neighbour> = {}): Neighbour & { text: string } => ({
	text,
	print: fingerprintOf(text),
	sameSource: false,
	days: 1,
	...more
});

test('shows the most similar report first, with its similarity and the common words', () => {
	const [first, second] = likelyDuplicates(fingerprintOf(QUEUE), [
		neighbourOf('AC ruang tunggu mati.'),
		neighbourOf('Antrean loket konsultasi tidak bergerak padahal saya datang sejak pembukaan.'),
		neighbourOf(QUEUE)
	]);
	expect(first).toMatchObject({ degree: 1, words: ['konsultasi', 'bergerak', 'antrean', 'loket'] });
	expect(second?.degree).toBeGreaterThanOrEqual(DUPLICATE_FROM);
});

test('a report of the same reporter is shown at a lower likeness', () => {
	const text = 'Kemarin saya lapor soal antrean, sampai hari ini belum berubah juga.';
	expect(likelyDuplicates(fingerprintOf(QUEUE), [neighbourOf(text)])).toEqual([]);
	const sameReporter = likelyDuplicates(fingerprintOf('Soal antrean: belum berubah, laporan kemarin.'), [
		neighbourOf(text, { sameSource: true })
	]);
	expect(sameReporter).toHaveLength(1);
});

const pool = `${QUEUE} AC ruang tunggu mati parkir penuh tarif mahal`.split(' ');
const text = fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 15 }).map((words) => words.join(' '));
const neighbour = fc
	.record({ text, sameSource: fc.boolean(), days: fc.integer({ min: 0, max: 14 }) })
	.map(({ text: body, ...more }) => neighbourOf(body, more));

describe('for any other reports', () => {
	test('shows at most five, sorted by likeness, none below its minimum', () => {
		fc.assert(
			fc.property(text, fc.array(neighbour, { maxLength: 30 }), (of, all) => {
				const found = likelyDuplicates(fingerprintOf(of), all);
				expect(found.length).toBeLessThanOrEqual(5);
				for (const { degree, neighbour: one } of found) {
					expect(degree).toBeGreaterThanOrEqual(one.sameSource ? DUPLICATE_FROM / 2 : DUPLICATE_FROM);
				}
				const degrees = found.map(({ degree }) => degree);
				expect(degrees).toEqual([...degrees].sort((a, b) => b - a));
			})
		);
	});

	test('an identical report is always shown first', () => {
		fc.assert(
			fc.property(text, fc.array(neighbour, { maxLength: 30 }), (of, all) => {
				fc.pre(fingerprintOf(of).trigrams.size > 0);
				expect(likelyDuplicates(fingerprintOf(of), [...all, neighbourOf(of, { days: 0 })])[0]?.degree).toBe(1);
			})
		);
	});
});
