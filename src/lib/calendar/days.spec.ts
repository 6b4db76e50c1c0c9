import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { addDays, instantAt, isLocalDate, localDate, localTime, weekday, weeksOfMonth, yearOf } from './days.ts';

const ZONES = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'];

const anyInstant = fc.date({ min: new Date('2024-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
const anyDay = anyInstant.map((instant) => instant.toISOString().slice(0, 10));

describe('dates and time zones', () => {
	it('returns the local date in each time zone', () => {
		const instant = new Date('2026-12-31T15:30:00Z');
		expect(localDate(instant, 'Asia/Jakarta')).toBe('2026-12-31');
		expect(localDate(instant, 'Asia/Makassar')).toBe('2026-12-31');
		expect(localDate(instant, 'Asia/Jayapura')).toBe('2027-01-01');
	});

	it.each([
		['2026-12-04', '16:00', 'Asia/Jakarta', '2026-12-04T09:00:00.000Z'],
		['2026-12-04', '16:00', 'Asia/Makassar', '2026-12-04T08:00:00.000Z'],
		['2026-12-04', '16:00', 'Asia/Jayapura', '2026-12-04T07:00:00.000Z'],
		['2026-07-01', '16:00', 'Europe/Berlin', '2026-07-01T14:00:00.000Z'],
		['2026-12-01', '16:00', 'Europe/Berlin', '2026-12-01T15:00:00.000Z'],
		// In Berlin, clocks go from 02:00 to 03:00 on 29 March and from 03:00 to 02:00 on 25 October 2026.
		['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
		['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z']
	])('%s %s in %s is %s', (date, time, zone, expected) => {
		expect(instantAt(date, time, zone).toISOString()).toBe(expected);
	});

	it('converts a date to an instant and back, in any time zone', () => {
		fc.assert(
			fc.property(anyDay, fc.constantFrom(...ZONES), (day, zone) => {
				expect(localDate(instantAt(day, '16:00', zone), zone)).toBe(day);
			})
		);
	});

	it('returns the local time in each time zone without seconds', () => {
		const instant = new Date('2026-12-31T15:59:59.999Z');
		expect(localTime(instant, 'Asia/Jakarta')).toBe('22:59');
		expect(localTime(instant, 'Asia/Makassar')).toBe('23:59');
		expect(localTime(instant, 'Asia/Jayapura')).toBe('00:59');
		expect(localTime(new Date('2026-12-31T16:00:00Z'), 'Asia/Makassar')).toBe('00:00');
	});

	it('adds days across months, years and leap days', () => {
		expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
		expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
		expect(addDays('2027-03-01', -1)).toBe('2027-02-28');
		expect(addDays('2026-01-21', 60)).toBe('2026-03-22');
	});

	it('numbers weekdays from Monday', () => {
		expect(weekday('2026-11-23')).toBe(1);
		expect(weekday('2026-11-29')).toBe(7);
		expect(yearOf('2027-01-01')).toBe(2027);
	});

	it('accepts only existing dates in the format YYYY-MM-DD', () => {
		expect(['2026-02-28', '2028-02-29'].every(isLocalDate)).toBe(true);
		const wrong = ['2026-02-30', '2026-13-01', '2026-2-3', '20260203', '2026-02-03T10:00', '', 'besok'];
		expect(wrong.filter(isLocalDate)).toEqual([]);
	});

	it('throws RangeError for an unknown zone, date or time', () => {
		expect(() => localDate(new Date(0), 'Asia/Mamuju')).toThrow(RangeError);
		expect(() => instantAt('2026-02-30', '16:00', 'Asia/Makassar')).toThrow(RangeError);
		expect(() => instantAt('2026-02-03', '25:00', 'Asia/Makassar')).toThrow(RangeError);
	});
});

test('a month that begins on a Monday and ends on a Sunday has full weeks only', () => {
	const weeks = weeksOfMonth(2027, 2);
	expect(weeks).toHaveLength(4);
	expect(weeks[0]?.[0]).toBe('2027-02-01');
	expect(weeks[3]?.[6]).toBe('2027-02-28');
});

test('days of other months are null, and leap days are included', () => {
	const weeks = weeksOfMonth(2028, 2);
	expect(weeks[0]).toEqual([null, '2028-02-01', '2028-02-02', '2028-02-03', '2028-02-04', '2028-02-05', '2028-02-06']);
	expect(weeks.at(-1)).toEqual(['2028-02-28', '2028-02-29', null, null, null, null, null]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('month %i of 2026 contains each of its days once', (month) => {
	const days = weeksOfMonth(2026, month).flat().filter(Boolean);
	expect(new Set(days).size).toBe(days.length);
	expect(days).toHaveLength(new Date(Date.UTC(2026, month, 0)).getUTCDate());
});
