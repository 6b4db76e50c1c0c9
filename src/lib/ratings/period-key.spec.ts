import { expect, test } from 'vitest';
import { adjacentKey, keyOf, selectableKeys, periodOfKey } from './period-key.ts';

const TODAY = '2026-08-15';

test('reads a year, a quarter and a month; an unfinished one ends today', () => {
	expect(periodOfKey('2025', TODAY)).toEqual({ from: '2025-01-01', to: '2025-12-31' });
	expect(periodOfKey('2026', TODAY)).toEqual({ from: '2026-01-01', to: TODAY });
	expect(periodOfKey('2025-Q4', TODAY)).toEqual({ from: '2025-10-01', to: '2025-12-31' });
	expect(periodOfKey('2026-Q3', TODAY)).toEqual({ from: '2026-07-01', to: TODAY });
	expect(periodOfKey('2024-02', TODAY)).toEqual({ from: '2024-02-01', to: '2024-02-29' });
});

test('returns undefined for an invalid key and for a period that has not begun', () => {
	for (const key of ['', '26', '2026-Q5', '2026-13', '2026-Q4', '2026-09', '2027', '2026-08-01', '0000'])
		expect(periodOfKey(key, TODAY), key).toBeUndefined();
});

test('keyOf returns the key of a period that covers exactly a year, quarter or month', () => {
	for (const key of ['2025', '2026', '2025-Q4', '2026-Q3', '2026-02', '2026-08']) {
		const period = periodOfKey(key, TODAY);
		expect(period && keyOf(period, TODAY)).toBe(key);
	}
	expect(keyOf({ from: '2025-08-16', to: TODAY }, TODAY)).toBeUndefined();
});

test('previous and next keys cross the end of a year', () => {
	expect(adjacentKey('2026-Q1', -1)).toBe('2025-Q4');
	expect(adjacentKey('2025-12', 1)).toBe('2026-01');
	expect(adjacentKey('2026', -1)).toBe('2025');
});

test('lists years, quarters and months newest first', () => {
	const { year, quarter, month } = selectableKeys(TODAY);
	expect(year).toEqual(['2026', '2025', '2024']);
	expect(quarter.slice(0, 4)).toEqual(['2026-Q3', '2026-Q2', '2026-Q1', '2025-Q4']);
	expect([month[0], month.at(-1)]).toEqual(['2026-08', '2025-09']);
});
