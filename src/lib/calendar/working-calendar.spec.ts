import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, instantAt } from './days.ts';
import { DEFAULT_CALENDAR } from './holidays.ts';
import {
	addWorkingDays,
	calendarOf,
	dayOff,
	isProvisional,
	isWorkingDay,
	workingDaysBetween,
	missingYears
} from './working-calendar.ts';

const ZONE = 'Asia/Makassar';
const day = fc.integer({ min: 0, max: 1000 }).map((n) => addDays('2025-01-01', n));

describe('working days', () => {
	it('names the reason of a day off; a holiday on a weekend counts as holiday', () => {
		expect(dayOff('2026-11-24', DEFAULT_CALENDAR)).toBeNull();
		expect(dayOff('2026-11-28', DEFAULT_CALENDAR)).toEqual({ why: 'weekend', name: 'Sabtu' });
		expect(dayOff('2026-11-29', DEFAULT_CALENDAR)).toEqual({ why: 'weekend', name: 'Minggu' });
		expect(dayOff('2026-03-21', DEFAULT_CALENDAR)).toEqual({
			why: 'national_holiday',
			name: 'Idul Fitri 1447 Hijriah'
		});
		expect(dayOff('2026-12-24', DEFAULT_CALENDAR)).toEqual({ why: 'joint_leave', name: 'Cuti bersama Natal' });
	});

	it('treats weekdays of a year without a decree as provisional working days', () => {
		expect(isWorkingDay('2028-01-03', DEFAULT_CALENDAR)).toBe(true);
		expect(isProvisional('2028-01-03', DEFAULT_CALENDAR)).toBe(true);
		expect(isProvisional('2027-12-31', DEFAULT_CALENDAR)).toBe(false);
	});

	it('uses the calendar passed to it', () => {
		const local = calendarOf(
			[{ year: 2028, decree: 'SKB uji' }],
			[{ date: '2028-01-03', kind: 'joint', name: 'Cuti bersama' }]
		);
		expect(isWorkingDay('2028-01-03', local)).toBe(false);
		expect(isWorkingDay('2028-01-04', local)).toBe(true);
		expect(isProvisional('2028-01-03', local)).toBe(false);
	});

	it.each([
		['2026-11-24', 5, '2026-12-01'],
		['2026-11-28', 1, '2026-11-30'],
		['2026-12-01', -5, '2026-11-24'],
		['2026-11-28', 0, '2026-11-28'],
		['2026-03-17', 1, '2026-03-25']
	])('%s and %i working days is %s', (from, n, to) => {
		expect(addWorkingDays(from, n, DEFAULT_CALENDAR)).toBe(to);
	});

	it('refuses a number of days that is not an integer', () => {
		expect(() => addWorkingDays('2026-11-24', 1.5, DEFAULT_CALENDAR)).toThrow(RangeError);
	});

	it.each([
		['the same day, an hour late', '2026-12-01', '17:00', 0],
		['the next morning', '2026-12-02', '07:00', 1],
		['over a weekend', '2026-12-07', '09:00', 4],
		['on the weekend itself', '2026-12-06', '09:00', 3],
		['before it', '2026-11-20', '09:00', 0]
	])('a deadline of 1 December is late by: %s', (_, date, time, late) => {
		const due = instantAt('2026-12-01', '16:00', ZONE);
		expect(workingDaysBetween(due, instantAt(date, time, ZONE), DEFAULT_CALENDAR, ZONE)).toBe(late);
	});

	it('workingDaysBetween is the inverse of addWorkingDays', () => {
		fc.assert(
			fc.property(day, fc.integer({ min: 1, max: 60 }), (from, n) => {
				const to = addWorkingDays(from, n, DEFAULT_CALENDAR);
				const between = workingDaysBetween(
					instantAt(from, '20:00', ZONE),
					instantAt(to, '06:00', ZONE),
					DEFAULT_CALENDAR,
					ZONE
				);
				expect(between).toBe(n);
			})
		);
	});
});

it.each([
	['the eve of October', '2027-09-30', [2026, 2027], []],
	['October', '2027-10-01', [2026, 2027], [2028]],
	['the last day of the year', '2027-12-31', [2026, 2027], [2028]],
	['the new year, still without it', '2028-01-01', [2026, 2027], [2028]],
	['October of a year that never had one', '2028-10-01', [2026, 2027], [2028, 2029]],
	['the decree loaded', '2027-10-01', [2026, 2027, 2028], []],
	['a later decree that does not help', '2028-03-01', [2027, 2029], [2028]]
])('%s: missing decrees', (_, today, loaded, missed) => {
	expect(missingYears(today, loaded)).toEqual(missed);
});
