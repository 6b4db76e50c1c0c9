import { expect, test } from 'vitest';
import { keyBeside, keyOf, keysUpTo, periodKeyed } from './period-key.ts';

const TODAY = '2026-08-15';

test('a year, a quarter and a month are named, and end today where they run', () => {
	expect(periodKeyed('2025', TODAY)).toEqual({ from: '2025-01-01', to: '2025-12-31' });
	expect(periodKeyed('2026', TODAY)).toEqual({ from: '2026-01-01', to: TODAY });
	expect(periodKeyed('2025-Q4', TODAY)).toEqual({ from: '2025-10-01', to: '2025-12-31' });
	expect(periodKeyed('2026-Q3', TODAY)).toEqual({ from: '2026-07-01', to: TODAY });
	expect(periodKeyed('2024-02', TODAY)).toEqual({ from: '2024-02-01', to: '2024-02-29' });
});

test('what is no name, or has not begun, is no period', () => {
	for (const key of ['', '26', '2026-Q5', '2026-13', '2026-Q4', '2026-09', '2027', '2026-08-01', '0000'])
		expect(periodKeyed(key, TODAY), key).toBeUndefined();
});

test('a period that is exactly a named one is known by the name', () => {
	for (const key of ['2025', '2026', '2025-Q4', '2026-Q3', '2026-02', '2026-08']) {
		const period = periodKeyed(key, TODAY);
		expect(period && keyOf(period, TODAY)).toBe(key);
	}
	expect(keyOf({ from: '2025-08-16', to: TODAY }, TODAY)).toBeUndefined();
});

test('names step over the turn of the year', () => {
	expect(keyBeside('2026-Q1', -1)).toBe('2025-Q4');
	expect(keyBeside('2025-12', 1)).toBe('2026-01');
	expect(keyBeside('2026', -1)).toBe('2025');
});

test('past quarters, months and years are offered newest first', () => {
	const { year, quarter, month } = keysUpTo(TODAY);
	expect(year).toEqual(['2026', '2025', '2024']);
	expect(quarter.slice(0, 4)).toEqual(['2026-Q3', '2026-Q2', '2026-Q1', '2025-Q4']);
	expect([month[0], month.at(-1)]).toEqual(['2026-08', '2025-09']);
});
