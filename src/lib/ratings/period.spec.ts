import { expect, test } from 'vitest';
import { chosenMonths, monthsOf, periodBetween, periodNamed } from './period.ts';

test('twelve months end today and hold every day of the year once', () => {
	expect(periodNamed('twelve_months', '2026-03-10')).toEqual({ from: '2025-03-11', to: '2026-03-10' });
	expect(periodNamed('twelve_months', '2028-02-29')).toEqual({ from: '2027-03-01', to: '2028-02-29' });
	expect(periodNamed('twelve_months', '2025-02-28')).toEqual({ from: '2024-02-29', to: '2025-02-28' });
});

test('months and quarters begin on their first day, and the last ones are whole', () => {
	expect(periodNamed('month', '2026-03-10')).toEqual({ from: '2026-03-01', to: '2026-03-10' });
	expect(periodNamed('last_month', '2026-03-10')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
	expect(periodNamed('last_month', '2026-01-01')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
	expect(periodNamed('quarter', '2026-12-31')).toEqual({ from: '2026-10-01', to: '2026-12-31' });
	expect(periodNamed('last_quarter', '2026-02-03')).toEqual({ from: '2025-10-01', to: '2025-12-31' });
	expect(periodNamed('year', '2026-02-03')).toEqual({ from: '2026-01-01', to: '2026-02-03' });
});

test('typed days are a period only in their order and where they exist', () => {
	expect(periodBetween('2026-01-01', '2026-01-01')).toEqual({ from: '2026-01-01', to: '2026-01-01' });
	expect(periodBetween('2026-01-02', '2026-01-01')).toBeUndefined();
	expect(periodBetween('2026-02-30', '2026-03-01')).toBeUndefined();
	expect(periodBetween('', '2026-03-01')).toBeUndefined();
});

const months = monthsOf({ from: '2025-03-01', to: '2026-03-12' }).map((month) => ({ month }));

test('months of the chosen period are set apart among others, one that it holds in part too', () => {
	expect(chosenMonths(months, { from: '2026-01-01', to: '2026-03-12' })).toEqual({ from: 10, length: 3 });
	expect(chosenMonths(months, { from: '2025-12-15', to: '2026-01-15' })).toEqual({ from: 9, length: 2 });
});

test('a period of all months shown, or of none, sets none apart', () => {
	expect(chosenMonths(months, { from: '2025-03-13', to: '2026-03-12' })).toBeUndefined();
	expect(chosenMonths(months, { from: '2024-01-01', to: '2026-12-31' })).toBeUndefined();
	expect(chosenMonths(months, { from: '2024-01-01', to: '2024-12-31' })).toBeUndefined();
});
