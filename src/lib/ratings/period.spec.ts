import { expect, test } from 'vitest';
import { chosenMonths, monthsOf, periodBetween, periodNamed } from './period.ts';

test('twelve months end today and contain each day of the year once', () => {
	expect(periodNamed('twelve_months', '2026-03-10')).toEqual({ from: '2025-03-11', to: '2026-03-10' });
	expect(periodNamed('twelve_months', '2028-02-29')).toEqual({ from: '2027-03-01', to: '2028-02-29' });
	expect(periodNamed('twelve_months', '2025-02-28')).toEqual({ from: '2024-02-29', to: '2025-02-28' });
});

test('months and quarters begin on their first day, and previous ones are complete', () => {
	expect(periodNamed('month', '2026-03-10')).toEqual({ from: '2026-03-01', to: '2026-03-10' });
	expect(periodNamed('last_month', '2026-03-10')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
	expect(periodNamed('last_month', '2026-01-01')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
	expect(periodNamed('quarter', '2026-12-31')).toEqual({ from: '2026-10-01', to: '2026-12-31' });
	expect(periodNamed('last_quarter', '2026-02-03')).toEqual({ from: '2025-10-01', to: '2025-12-31' });
	expect(periodNamed('year', '2026-02-03')).toEqual({ from: '2026-01-01', to: '2026-02-03' });
});

test('two typed dates are a period only if they exist and are in order', () => {
	expect(periodBetween('2026-01-01', '2026-01-01')).toEqual({ from: '2026-01-01', to: '2026-01-01' });
	expect(periodBetween('2026-01-02', '2026-01-01')).toBeUndefined();
	expect(periodBetween('2026-02-30', '2026-03-01')).toBeUndefined();
	expect(periodBetween('', '2026-03-01')).toBeUndefined();
});

const months = monthsOf({ from: '2025-03-01', to: '2026-03-12' }).map((month) => ({ month }));

test('finds the months of the selected period, including partial ones', () => {
	expect(chosenMonths(months, { from: '2026-01-01', to: '2026-03-12' })).toEqual({ from: 10, length: 3 });
	expect(chosenMonths(months, { from: '2025-12-15', to: '2026-01-15' })).toEqual({ from: 9, length: 2 });
});

test('returns undefined if all or none of the shown months are selected', () => {
	expect(chosenMonths(months, { from: '2025-03-13', to: '2026-03-12' })).toBeUndefined();
	expect(chosenMonths(months, { from: '2024-01-01', to: '2026-12-31' })).toBeUndefined();
	expect(chosenMonths(months, { from: '2024-01-01', to: '2024-12-31' })).toBeUndefined();
});
