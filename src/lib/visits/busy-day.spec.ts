import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostVisits, PLAIN_DAY } from './busy-day.ts';

describe('the most visits of a day that raise no question', () => {
	it.each([
		['nothing is known', [], 15],
		['nobody came before', Array<number>(28).fill(0), 15],
		['every day is alike', Array<number>(28).fill(30), 30],
		['days lie between 10 and 30', [...Array<number>(14).fill(10), ...Array<number>(14).fill(30)], 50],
		['few come as a rule', [...Array<number>(14).fill(1), ...Array<number>(14).fill(3)], 15]
	])('%s', (_, before, most) => {
		expect(mostVisits(before)).toBeCloseTo(most, 10);
	});

	it('never lies below a plain day, nor below what is usual, and asks for no order', () => {
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
