import { expect, test } from 'vitest';
import { pastPeriods } from './past-periods.ts';

test('a whole quarter is held against the one before and the same a year ago', () => {
	expect(pastPeriods({ from: '2026-01-01', to: '2026-03-31' })).toEqual({
		before: { from: '2025-10-01', to: '2025-12-31' },
		yearAgo: { from: '2025-01-01', to: '2025-03-31' }
	});
});

test('a running month is held against as many days of the month before', () => {
	expect(pastPeriods({ from: '2026-03-01', to: '2026-03-12' })).toEqual({
		before: { from: '2026-02-01', to: '2026-02-12' },
		yearAgo: { from: '2025-03-01', to: '2025-03-12' }
	});
	expect(pastPeriods({ from: '2026-03-01', to: '2026-03-30' }).before.to).toBe('2026-02-28');
	expect(pastPeriods({ from: '2026-02-01', to: '2026-02-28' }).before.to).toBe('2026-01-31');
});

test('twelve months are held against the twelve before, and nothing twice', () => {
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

test('days of any choice are held against as many days before', () => {
	expect(pastPeriods({ from: '2026-03-05', to: '2026-03-14' })).toEqual({
		before: { from: '2026-02-23', to: '2026-03-04' },
		yearAgo: { from: '2025-03-05', to: '2025-03-14' }
	});
});
