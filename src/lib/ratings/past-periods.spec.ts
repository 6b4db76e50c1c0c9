import { expect, test } from 'vitest';
import { pastPeriods } from './past-periods.ts';

test('compares a whole quarter with the previous one and with the same quarter a year ago', () => {
	expect(pastPeriods({ from: '2026-01-01', to: '2026-03-31' })).toEqual({
		before: { from: '2025-10-01', to: '2025-12-31' },
		yearAgo: { from: '2025-01-01', to: '2025-03-31' }
	});
});

test('compares an unfinished month with the same number of days of the previous month', () => {
	expect(pastPeriods({ from: '2026-03-01', to: '2026-03-12' })).toEqual({
		before: { from: '2026-02-01', to: '2026-02-12' },
		yearAgo: { from: '2025-03-01', to: '2025-03-12' }
	});
	expect(pastPeriods({ from: '2026-03-01', to: '2026-03-30' }).before.to).toBe('2026-02-28');
	expect(pastPeriods({ from: '2026-02-01', to: '2026-02-28' }).before.to).toBe('2026-01-31');
});

test('compares twelve months with the previous twelve, without listing the same period twice', () => {
	expect(pastPeriods({ from: '2025-08-16', to: '2026-08-15' })).toEqual({
		before: { from: '2024-08-16', to: '2025-08-15' }
	});
	expect(pastPeriods({ from: '2026-01-01', to: '2026-12-31' })).toEqual({
		before: { from: '2025-01-01', to: '2025-12-31' }
	});
	expect(pastPeriods({ from: '2024-03-01', to: '2025-02-28' })).toEqual({
		before: { from: '2023-03-01', to: '2024-02-29' }
	});
});

test('compares any other days with as many days before', () => {
	expect(pastPeriods({ from: '2026-03-05', to: '2026-03-14' })).toEqual({
		before: { from: '2026-02-23', to: '2026-03-04' },
		yearAgo: { from: '2025-03-05', to: '2025-03-14' }
	});
});
