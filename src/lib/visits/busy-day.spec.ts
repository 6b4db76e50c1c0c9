import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostVisits, PLAIN_DAY } from './busy-day.ts';

describe('mostVisits', () => {
	it.each([
		['without earlier days', [], 15],
		['without earlier visits', Array<number>(28).fill(0), 15],
		['with equal days', Array<number>(28).fill(30), 30],
		['with days of 10 and of 30 visits', [...Array<number>(14).fill(10), ...Array<number>(14).fill(30)], 50],
		['with few visits a day', [...Array<number>(14).fill(1), ...Array<number>(14).fill(3)], 15]
	])('%s', (_, before, most) => {
		expect(mostVisits(before)).toBeCloseTo(most, 10);
	});

	it('is never below a plain day or the mean, and does not depend on the order', () => {
		const days = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 28 });
		fc.assert(
			fc.property(days, (before) => {
				const most = mostVisits(before);
				expect(most).toBeGreaterThanOrEqual(PLAIN_DAY);
				expect(most).toBeGreaterThanOrEqual(before.reduce((sum, n) => sum + n, 0) / before.length - 1e-9);
				expect(mostVisits([...before].reverse())).toBeCloseTo(most, 9);
			})
		);
	});
});
