import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptShare, medianOf } from './figures.ts';

describe('the value in the middle', () => {
	it('is the one with as many before as after it', () => {
		expect(
			medianOf([
				{ value: 9, n: 1 },
				{ value: 2, n: 3 },
				{ value: 5, n: 1 }
			])
		).toBe(2);
		expect(
			medianOf([
				{ value: 1, n: 1 },
				{ value: 4, n: 1 }
			])
		).toBe(2.5);
		expect(
			medianOf([
				{ value: 1, n: 2 },
				{ value: 4, n: 2 }
			])
		).toBe(2.5);
		expect(medianOf([{ value: 7, n: 1 }])).toBe(7);
	});

	it('is none where nothing was counted', () => {
		expect(medianOf([])).toBeUndefined();
		expect(medianOf([{ value: 3, n: 0 }])).toBeUndefined();
	});
});

it('a promise that has run out counts as broken, one that runs does not count yet', () => {
	expect(keptShare({ metOnTime: 3, metLate: 0, overdue: 1 })).toBe(0.75);
	expect(keptShare({ metOnTime: 0, metLate: 0, overdue: 0 })).toBeUndefined();
});

it('the median is the middle of the values written one by one', () => {
	fc.assert(
		fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }), (values) => {
			const sorted = [...values].sort((a, b) => a - b);
			const half = sorted.length / 2;
			const middle = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]] as [number, number];
			const counted = [...new Set(values)].map((value) => ({
				value,
				n: values.filter((one) => one === value).length
			}));
			expect(medianOf(counted)).toBe((middle[0] + middle[1]) / 2);
		})
	);
});
