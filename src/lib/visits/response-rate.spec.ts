import { expect, it } from 'vitest';
import { responseRate } from './response-rate.ts';

it.each([
	[{ visits: 0, visitDays: 0, answered: 0 }, null],
	[{ visits: 4, visitDays: 4, answered: 2 }, null],
	[{ visits: 40, visitDays: 2, answered: 20 }, null],
	[{ visits: 5, visitDays: 3, answered: 0 }, 0],
	[{ visits: 8, visitDays: 3, answered: 2 }, 0.25]
])('the response rate of %o is %s', (period, rate) => {
	expect(responseRate(period)).toBe(rate);
});
