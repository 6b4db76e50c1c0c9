import { expect, test } from 'vitest';
import { UNIFORM, type Counts } from './adjusted-score.ts';
import { chartPeriod, trendOf, trendPeriod } from './trend.ts';

const method = { prior: UNIFORM, weight: 10, minimum: 10 };
const none: Counts = [0, 0, 0, 0, 0];
const year = (earlier: Counts, later: Counts) => [...Array(6).fill(earlier), ...Array(6).fill(later)] as Counts[];

test('a direction needs ranges that do not overlap, and enough ratings in both halves', () => {
	expect(trendOf(year([0, 8, 2, 0, 0], [0, 0, 0, 2, 8]), method).direction).toBe('rising');
	expect(trendOf(year([0, 0, 0, 2, 8], [0, 8, 2, 0, 0]), method).direction).toBe('falling');
	expect(trendOf(year([0, 0, 1, 2, 2], [0, 0, 1, 1, 3]), method).direction).toBe('steady');
	expect(trendOf(year([1, 0, 0, 0, 0], [0, 0, 0, 0, 9]), method).direction).toBe('unknown');
	expect(trendOf(year(none, [0, 0, 0, 0, 9]), method).direction).toBe('unknown');
});

test('a month without ratings is null, and a single rating hardly changes a month', () => {
	const { points } = trendOf([none, [1, 0, 0, 0, 0], [0, 0, 0, 0, 90]], method);
	expect(points[0]).toBeNull();
	expect(points[1]).toBeCloseTo(31 / 11, 12);
	expect(points[2]).toBeGreaterThan(4.7);
});

test('a trend covers twelve months, a chart at least thirteen and at most thirty-six', () => {
	expect(trendPeriod({ from: '2026-08-01', to: '2026-08-15' })).toEqual({ from: '2025-09-01', to: '2026-08-15' });
	expect(chartPeriod({ from: '2026-08-01', to: '2026-08-15' })).toEqual({ from: '2025-08-01', to: '2026-08-15' });
	expect(chartPeriod({ from: '2024-05-20', to: '2026-08-15' }).from).toBe('2024-05-01');
	expect(chartPeriod({ from: '2019-05-20', to: '2026-08-15' }).from).toBe('2023-09-01');
});
