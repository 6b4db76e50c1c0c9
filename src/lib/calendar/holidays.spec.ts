import { describe, expect, it } from 'vitest';
import { isLocalDate, weekday } from './days.ts';
import { DEFAULT_CALENDAR, HOLIDAY_DECREES, HOLIDAYS } from './holidays.ts';

const DECREED = {
	2025: {
		national: '01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27 08-17 09-05 12-25',
		joint: '01-28 03-28 04-02 04-03 04-04 04-07 05-13 05-30 06-09 08-18 12-26'
	},
	2026: {
		national: '01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17 08-25 12-25',
		joint: '02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24'
	},
	2027: {
		national:
			'01-01 01-05 02-06 03-08 03-10 03-11 03-26 03-28 05-01 05-06 05-17 05-20 06-01 06-06 08-15 08-17 12-25 12-26',
		joint: '02-05 03-09 03-12 03-15 03-25 05-18 05-19 12-24'
	}
};

describe('decreed days off', () => {
	it.each(Object.entries(DECREED))('%s has exactly the days of its decree', (year, days) => {
		for (const kind of ['national', 'joint'] as const) {
			const loaded = HOLIDAYS.filter((holiday) => holiday.kind === kind && holiday.date.startsWith(`${year}-`));
			expect(loaded.map(({ date }) => date.slice(5)).join(' ')).toBe(days[kind]);
		}
	});

	it('lists each day once, in order, with a decree for its year', () => {
		const dates = HOLIDAYS.map(({ date }) => date);
		expect(dates).toEqual([...new Set(dates)].sort());
		expect(dates.filter((date) => !isLocalDate(date))).toEqual([]);
		expect(HOLIDAYS.filter(({ name }) => name.trim() === '')).toEqual([]);
		expect(HOLIDAY_DECREES.map(({ year }) => year)).toEqual([2025, 2026, 2027]);
		expect(DEFAULT_CALENDAR.years[2026]).toEqual({ decree: 'SKB 1497/2025, 2/2025, 5/2025' });
		expect(Object.keys(DEFAULT_CALENDAR.days)).toHaveLength(HOLIDAYS.length);
	});

	it('contains joint leave only on Monday to Friday', () => {
		const onWeekends = HOLIDAYS.filter(({ kind, date }) => kind === 'joint' && weekday(date) > 5);
		expect(onWeekends).toEqual([]);
	});
});
