import { expect, test } from 'vitest';
import { calendarPeriod, finishedPeriods } from './calendar-periods.ts';

test.each([
	['2026-10-01', '2026-10-31', { kind: 'month', year: 2026, number: 10 }],
	['2028-02-01', '2028-02-29', { kind: 'month', year: 2028, number: 2 }],
	['2026-07-01', '2026-09-30', { kind: 'quarter', year: 2026, number: 3 }],
	['2026-07-01', '2026-12-31', { kind: 'half', year: 2026, number: 2 }],
	['2026-01-01', '2026-12-31', { kind: 'year', year: 2026, number: 1 }]
])('%s to %s is a calendar period', (from, to, span) => expect(calendarPeriod({ from, to })).toEqual(span));

test.each([
	['2026-10-02', '2026-10-31'],
	['2026-10-01', '2026-10-30'],
	['2028-02-01', '2028-02-28'],
	// Three months that are no quarter, six that are no half-year, and a year from July.
	['2026-02-01', '2026-04-30'],
	['2026-04-01', '2026-09-30'],
	['2026-07-01', '2027-06-30'],
	['2026-01-01', '2026-02-28']
])('%s to %s is not a calendar period', (from, to) => expect(calendarPeriod({ from, to })).toBeUndefined());

test.each([
	['2026-11-25', '2026-10-01/2026-10-31 2026-07-01/2026-09-30 2026-01-01/2026-06-30 2025-01-01/2025-12-31'],
	['2027-01-01', '2026-12-01/2026-12-31 2026-10-01/2026-12-31 2026-07-01/2026-12-31 2026-01-01/2026-12-31'],
	['2028-03-31', '2028-02-01/2028-02-29 2027-10-01/2027-12-31 2027-07-01/2027-12-31 2027-01-01/2027-12-31']
])('on %s returns the last finished month, quarter, half-year and year', (today, spans) => {
	const periods = finishedPeriods(today);
	expect(periods.map(({ from, to }) => `${from}/${to}`).join(' ')).toBe(spans);
	expect(periods.map((period) => calendarPeriod(period)?.kind)).toEqual(['month', 'quarter', 'half', 'year']);
});
