import { describe, expect, it } from 'vitest';
import {
	formatClock,
	formatDate,
	formatDateTime,
	formatDateTimeOffset,
	formatDay,
	formatNearDate,
	formatShortDate,
	formatShortDay,
	formatTime,
	formatWeekday,
	zoneName,
	zoneNamed
} from './format.ts';

const AT = new Date('2026-12-04T08:00:00Z');

describe('formatted dates', () => {
	it('are available in both languages', () => {
		expect(formatDate(AT, 'Asia/Makassar', 'id')).toBe('Jumat, 4 Desember 2026');
		expect(formatDate(AT, 'Asia/Makassar', 'en')).toBe('Friday, 4 December 2026');
		expect(formatShortDate(AT, 'Asia/Makassar', 'id')).toBe('4 Des 2026');
		expect(formatShortDate(AT, 'Asia/Makassar', 'en')).toBe('4 Dec 2026');
	});

	it('omit the year if it is the present one in the zone', () => {
		const newYear = new Date('2026-12-31T16:00:00Z');
		expect(formatNearDate(AT, 'Asia/Jakarta', newYear, 'id')).toBe('4 Des');
		expect(formatNearDate(AT, 'Asia/Makassar', newYear, 'id')).toBe('4 Des 2026');
		expect(formatNearDate(newYear, 'Asia/Makassar', AT, 'en')).toBe('1 Jan 2027');
	});

	it('find a zone by its Indonesian name', () => {
		expect(['WIB', 'wita', 'Asia/Pontianak'].map(zoneNamed)).toEqual([
			'Asia/Jakarta',
			'Asia/Makassar',
			'Asia/Pontianak'
		]);
	});

	it.each([
		['Asia/Jakarta', '15.00 WIB', '15:00 WIB'],
		['Asia/Makassar', '16.00 WITA', '16:00 WITA'],
		['Asia/Jayapura', '17.00 WIT', '17:00 WIT']
	])('show the time of %s with its Indonesian zone name', (zone, id, en) => {
		expect(formatTime(AT, zone, 'id')).toBe(id);
		expect(formatTime(AT, zone, 'en')).toBe(en);
	});

	it('explain the zone to citizens who read English', () => {
		expect(formatDateTimeOffset(AT, 'Asia/Makassar', 'id')).toBe('Jumat, 4 Desember 2026, 16.00 WITA');
		expect(formatDateTimeOffset(AT, 'Asia/Makassar', 'en')).toBe('Friday, 4 December 2026, 16:00 WITA (UTC+8)');
	});

	it('use the date of the zone and write midnight as 00', () => {
		const midnight = new Date('2026-12-31T16:00:00Z');
		expect(formatDateTime(midnight, 'Asia/Makassar', 'id')).toBe('Jumat, 1 Januari 2027, 00.00 WITA');
		expect(formatDateTime(midnight, 'Asia/Jakarta', 'en')).toBe('Thursday, 31 December 2026, 23:00 WIB');
	});

	it('do not depend on the reader’s zone for a date without time', () => {
		expect(formatDay('2026-08-17', 'id')).toBe('Senin, 17 Agustus 2026');
		expect(formatDay('2026-08-17', 'en')).toBe('Monday, 17 August 2026');
		expect(formatShortDay('2026-05-01', 'id')).toBe('1 Mei 2026');
	});

	it('include weekdays and times without a date', () => {
		expect([1, 5, 7].map((day) => formatWeekday(day as 1 | 5 | 7, 'id'))).toEqual(['Senin', 'Jumat', 'Minggu']);
		expect(formatWeekday(1, 'en')).toBe('Monday');
		expect(formatClock('08:05', 'id')).toBe('08.05');
		expect(formatClock('24:00', 'en')).toBe('24:00');
	});

	it('name a foreign zone as the language does', () => {
		expect(zoneName(AT, 'UTC', 'en')).toBe('UTC');
	});
});
