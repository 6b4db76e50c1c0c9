import { expect, it } from 'vitest';
import { yearsMissed } from './decreed-years.ts';

it.each([
	['the eve of October', '2027-09-30', [2026, 2027], []],
	['October', '2027-10-01', [2026, 2027], [2028]],
	['the last day of the year', '2027-12-31', [2026, 2027], [2028]],
	['the new year, still without it', '2028-01-01', [2026, 2027], [2028]],
	['October of a year that never had one', '2028-10-01', [2026, 2027], [2028, 2029]],
	['the decree loaded', '2027-10-01', [2026, 2027, 2028], []],
	['a later decree that does not help', '2028-03-01', [2027, 2029], [2028]]
])('in %s: what is missed', (_, today, loaded, missed) => {
	expect(yearsMissed(today, loaded)).toEqual(missed);
});
