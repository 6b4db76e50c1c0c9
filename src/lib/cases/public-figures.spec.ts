import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_PUBLIC_COUNT, mergedCounts, rounded, publicShare, COUNT_STEP } from './public-figures.ts';

const values = ['time', 'cost', 'product', 'behaviour', 'facilities', 'integrity'] as const;
const counts = fc.uniqueArray(fc.record({ value: fc.constantFrom(...values, null), n: fc.nat({ max: 30 }) }), {
	selector: ({ value }) => value
});

describe('public counts', () => {
	it('are never below the minimum, and add up to the total', () => {
		fc.assert(
			fc.property(counts, (all) => {
				const merged = mergedCounts(all, ['integrity']);
				const total = all.reduce((sum, { n }) => sum + n, 0);
				for (const { n } of merged) expect(n).toBeGreaterThanOrEqual(MIN_PUBLIC_COUNT);
				if (merged.length > 0) expect(merged.reduce((sum, { n }) => sum + n, 0)).toBe(total);
				expect(merged.map(({ value }) => value)).not.toContain('integrity');
			})
		);
	});

	it('do not reveal a small group as the difference between the total and the shown counts', () => {
		fc.assert(
			fc.property(counts, (all) => {
				const merged = mergedCounts(all, ['integrity']);
				const hidden = all.filter(
					({ value, n }) => n > 0 && !merged.some((one) => one.value === value && value !== null)
				);
				// Merged groups are at least two, with at least five reports together, unless everything is merged.
				if (merged.length > 1 && hidden.length > 0) {
					expect(hidden.length).toBeGreaterThan(1);
					expect(hidden.reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(MIN_PUBLIC_COUNT);
				}
			})
		);
	});

	it('merge a single small group with the next larger one', () => {
		expect(
			mergedCounts([
				{ value: 'time', n: 20 },
				{ value: 'product', n: 9 },
				{ value: 'cost', n: 2 }
			])
		).toEqual([
			{ value: 'time', n: 20 },
			{ value: null, n: 11 }
		]);
		expect(mergedCounts([{ value: 'cost', n: 3 }])).toEqual([]);
	});

	it('are rounded to multiples of the step, never below the minimum', () => {
		fc.assert(
			fc.property(fc.integer({ min: MIN_PUBLIC_COUNT, max: 10_000 }), (n) => {
				expect(rounded(n) % COUNT_STEP).toBe(0);
				expect(rounded(n)).toBeGreaterThanOrEqual(MIN_PUBLIC_COUNT);
				expect(Math.abs(rounded(n) - n)).toBeLessThanOrEqual(COUNT_STEP / 2);
			})
		);
	});
});

describe('a public share', () => {
	it('is shown if neither the part nor the remainder is a small number', () => {
		expect(publicShare(10, 20)).toBe(0.5);
		expect(publicShare(20, 20)).toBe(1);
		expect(publicShare(0, 20)).toBe(0);
	});

	it('is hidden if the part, the remainder or the whole is a small number', () => {
		for (const [part, whole] of [
			[4, 4],
			[1, 20],
			[19, 20],
			[0, 3]
		] as const)
			expect(publicShare(part, whole)).toBeNull();
	});
});
