import { expect, test } from 'vitest';
import { chosenMonths } from './chosen-months.ts';
import { monthsOf } from './period.ts';

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
