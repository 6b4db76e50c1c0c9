import { expect, test } from 'vitest';
import { weeksOfMonth } from './month.ts';

test('a month that begins on a Monday and ends on a Sunday fills its weeks', () => {
	const weeks = weeksOfMonth(2027, 2);
	expect(weeks).toHaveLength(4);
	expect(weeks[0]?.[0]).toBe('2027-02-01');
	expect(weeks[3]?.[6]).toBe('2027-02-28');
});

test('days of other months stay empty, and leap days are there', () => {
	const weeks = weeksOfMonth(2028, 2);
	expect(weeks[0]).toEqual([null, '2028-02-01', '2028-02-02', '2028-02-03', '2028-02-04', '2028-02-05', '2028-02-06']);
	expect(weeks.at(-1)).toEqual(['2028-02-28', '2028-02-29', null, null, null, null, null]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('month %i of 2026 holds each of its days once', (month) => {
	const days = weeksOfMonth(2026, month).flat().filter(Boolean);
	expect(new Set(days).size).toBe(days.length);
	expect(days).toHaveLength(new Date(Date.UTC(2026, month, 0)).getUTCDate());
});
