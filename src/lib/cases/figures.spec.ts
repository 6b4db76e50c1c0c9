import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metInTimeShare, medianOf } from './figures.ts';

describe('the median', () => {
	it('is the middle value, or the mean of the two middle values', () => {
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

	it('is undefined if nothing was counted', () => {
		expect(medianOf([])).toBeUndefined();
		expect(medianOf([{ value: 3, n: 0 }])).toBeUndefined();
	});
});

it('an overdue deadline counts as not met; running deadlines do not count', () => {
	expect(metInTimeShare({ metOnTime: 3, metLate: 0, overdue: 1 })).toBe(0.75);
	expect(metInTimeShare({ metOnTime: 0, metLate: 0, overdue: 0 })).toBeUndefined();
});

it('the median of a histogram equals the median of the single values', () => {
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
