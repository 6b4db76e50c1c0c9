import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEWEST, mergedCounts, rounded, shareTold, STEP } from './disclosure.ts';

const values = ['time', 'cost', 'product', 'behaviour', 'facilities', 'integrity'] as const;
const counts = fc.uniqueArray(fc.record({ value: fc.constantFrom(...values, null), n: fc.nat({ max: 30 }) }), {
	selector: ({ value }) => value
});

describe('counts that everybody reads', () => {
	it('are never of few, and add up to all', () => {
		fc.assert(
			fc.property(counts, (all) => {
				const told = mergedCounts(all, ['integrity']);
				const total = all.reduce((sum, { n }) => sum + n, 0);
				for (const { n } of told) expect(n).toBeGreaterThanOrEqual(FEWEST);
				if (told.length > 0) expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(total);
				expect(told.map(({ value }) => value)).not.toContain('integrity');
			})
		);
	});

	it('leave nothing to be found by taking the shown ones from the total', () => {
		fc.assert(
			fc.property(counts, (all) => {
				const told = mergedCounts(all, ['integrity']);
				const hidden = all.filter(
					({ value, n }) => n > 0 && !told.some((one) => one.value === value && value !== null)
				);
				// What is not shown by its own name is at least two groups and at least five reports, or all there is.
				if (told.length > 1 && hidden.length > 0) {
					expect(hidden.length).toBeGreaterThan(1);
					expect(hidden.reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(FEWEST);
				}
			})
		);
	});

	it('put a single small one together with the next larger', () => {
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

	it('hide by rounding what an exact total from elsewhere would tell', () => {
		fc.assert(
			fc.property(fc.integer({ min: FEWEST, max: 10_000 }), (n) => {
				expect(rounded(n) % STEP).toBe(0);
				expect(rounded(n)).toBeGreaterThanOrEqual(FEWEST);
				expect(Math.abs(rounded(n) - n)).toBeLessThanOrEqual(STEP / 2);
			})
		);
	});
});

describe('a share that everybody reads', () => {
	it('is shown if neither it nor its rest is a small number', () => {
		expect(shareTold(10, 20)).toBe(0.5);
		expect(shareTold(20, 20)).toBe(1);
		expect(shareTold(0, 20)).toBe(0);
	});

	it('is not told of few, nor of all but few', () => {
		for (const [part, whole] of [
			[4, 4],
			[1, 20],
			[19, 20],
			[0, 3]
		] as const)
			expect(shareTold(part, whole)).toBeNull();
	});
});
