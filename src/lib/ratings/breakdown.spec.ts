import { expect, test } from 'vitest';
import { aspectsOf, changeOf, plainMean, plainRange, sourcesOf } from './breakdown.ts';
import { FIGURES, type Figures } from './figures.ts';

test('a plain mean has a range from the minimum on, and two ranges differ if they do not overlap', () => {
	expect(plainMean([0, 0, 0, 0, 0])).toBeNull();
	expect(plainMean([1, 0, 0, 0, 1])).toBe(3);
	expect(plainRange([0, 0, 0, 4, 5], 10)).toBeNull();
	const [low, high] = [plainRange([0, 10, 10, 0, 0], 10), plainRange([0, 0, 0, 10, 10], 10)];
	if (!low || !high) throw new Error('enough ratings have a range');
	expect([changeOf(high, low), changeOf(low, high), changeOf(low, low)]).toEqual(['higher', 'lower', 'alike']);
});

test('aspects have a mean from the minimum on; sources without ratings are omitted', () => {
	const figures = {
		...(Object.fromEntries(FIGURES.map((name) => [name, 0])) as Figures),
		courtesyN: 10,
		courtesySum: 45,
		speedN: 9,
		speedSum: 9,
		web: 3
	};
	expect(aspectsOf(figures, 10)).toEqual([
		{ aspect: 'courtesy', n: 10, mean: 4.5 },
		{ aspect: 'speed', n: 9, mean: null },
		{ aspect: 'knowledge', n: 0, mean: null }
	]);
	expect(sourcesOf(figures)).toEqual([{ source: 'web', n: 3 }]);
});
