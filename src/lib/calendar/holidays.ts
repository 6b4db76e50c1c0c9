import { calendarOf, type Calendar, type Holiday, type HolidayDecree, type HolidayKind } from './working-calendar.ts';

interface DecreedYear extends HolidayDecree {
	/** Month and day -> name in the decree; only "Cuti bersama" if the decree names no feast. */
	national: Readonly<Record<string, string>>;
	joint: Readonly<Record<string, string>>;
}

/** Days off from the joint decrees of the Ministers of Religious Affairs, Manpower and Administrative Reform (SKB). */
const DECREED_YEARS: readonly DecreedYear[] = [
	{
		year: 2025,
		decree: 'SKB 1017/2024, 2/2024, 2/2024, diubah dengan SKB 933/2025, 1/2025, 3/2025',
		national: {
			'01-01': 'Tahun Baru 2025 Masehi',
			'01-27': 'Isra Mikraj Nabi Muhammad SAW',
			'01-29': 'Tahun Baru Imlek 2576 Kongzili',
			'03-29': 'Hari Suci Nyepi (Tahun Baru Saka 1947)',
			'03-31': 'Idul Fitri 1446 Hijriah',
			'04-01': 'Idul Fitri 1446 Hijriah',
			'04-18': 'Wafat Yesus Kristus',
			'04-20': 'Kebangkitan Yesus Kristus (Paskah)',
			'05-01': 'Hari Buruh Internasional',
			'05-12': 'Hari Raya Waisak 2569 BE',
			'05-29': 'Kenaikan Yesus Kristus',
			'06-01': 'Hari Lahir Pancasila',
			'06-06': 'Idul Adha 1446 Hijriah',
			'06-27': 'Tahun Baru Islam 1447 Hijriah',
			'08-17': 'Hari Proklamasi Kemerdekaan',
			'09-05': 'Maulid Nabi Muhammad SAW',
			'12-25': 'Kelahiran Yesus Kristus (Natal)'
		},
		joint: {
			'01-28': 'Cuti bersama Tahun Baru Imlek',
			'03-28': 'Cuti bersama Hari Suci Nyepi',
			'04-02': 'Cuti bersama Idul Fitri',
			'04-03': 'Cuti bersama Idul Fitri',
			'04-04': 'Cuti bersama Idul Fitri',
			'04-07': 'Cuti bersama Idul Fitri',
			'05-13': 'Cuti bersama Hari Raya Waisak',
			'05-30': 'Cuti bersama Kenaikan Yesus Kristus',
			'06-09': 'Cuti bersama Idul Adha',
			'08-18': 'Cuti bersama Hari Proklamasi Kemerdekaan',
			'12-26': 'Cuti bersama Natal'
		}
	},
	{
		year: 2026,
		decree: 'SKB 1497/2025, 2/2025, 5/2025',
		national: {
			'01-01': 'Tahun Baru 2026 Masehi',
			'01-16': 'Isra Mikraj Nabi Muhammad SAW',
			'02-17': 'Tahun Baru Imlek 2577 Kongzili',
			'03-19': 'Hari Suci Nyepi (Tahun Baru Saka 1948)',
			'03-21': 'Idul Fitri 1447 Hijriah',
			'03-22': 'Idul Fitri 1447 Hijriah',
			'04-03': 'Wafat Yesus Kristus',
			'04-05': 'Kebangkitan Yesus Kristus (Paskah)',
			'05-01': 'Hari Buruh Internasional',
			'05-14': 'Kenaikan Yesus Kristus',
			'05-27': 'Idul Adha 1447 Hijriah',
			'05-31': 'Hari Raya Waisak 2570 BE',
			'06-01': 'Hari Lahir Pancasila',
			'06-16': 'Tahun Baru Islam 1448 Hijriah',
			'08-17': 'Hari Proklamasi Kemerdekaan',
			'08-25': 'Maulid Nabi Muhammad SAW',
			'12-25': 'Kelahiran Yesus Kristus (Natal)'
		},
		joint: {
			'02-16': 'Cuti bersama Tahun Baru Imlek',
			'03-18': 'Cuti bersama Hari Suci Nyepi',
			'03-20': 'Cuti bersama Idul Fitri',
			'03-23': 'Cuti bersama Idul Fitri',
			'03-24': 'Cuti bersama Idul Fitri',
			'05-15': 'Cuti bersama Kenaikan Yesus Kristus',
			'05-28': 'Cuti bersama Idul Adha',
			'12-24': 'Cuti bersama Natal'
		}
	},
	{
		year: 2027,
		decree: 'SKB 1205/2026, 3/2026, 2/2026',
		national: {
			'01-01': 'Tahun Baru 2027 Masehi',
			'01-05': 'Isra Mikraj Nabi Muhammad SAW',
			'02-06': 'Tahun Baru Imlek 2578 Kongzili',
			'03-08': 'Hari Suci Nyepi (Tahun Baru Saka 1949)',
			'03-10': 'Idul Fitri 1448 Hijriah',
			'03-11': 'Idul Fitri 1448 Hijriah',
			'03-26': 'Wafat Yesus Kristus',
			'03-28': 'Kebangkitan Yesus Kristus (Paskah)',
			'05-01': 'Hari Buruh Internasional',
			'05-06': 'Kenaikan Yesus Kristus',
			'05-17': 'Idul Adha 1448 Hijriah',
			'05-20': 'Hari Raya Waisak 2571 BE',
			'06-01': 'Hari Lahir Pancasila',
			'06-06': 'Tahun Baru Islam 1449 Hijriah',
			'08-15': 'Maulid Nabi Muhammad SAW',
			'08-17': 'Hari Proklamasi Kemerdekaan',
			'12-25': 'Kelahiran Yesus Kristus (Natal)',
			'12-26': 'Isra Mikraj Nabi Muhammad SAW'
		},
		joint: {
			'02-05': 'Cuti bersama Tahun Baru Imlek',
			'03-09': 'Cuti bersama',
			'03-12': 'Cuti bersama Idul Fitri',
			'03-15': 'Cuti bersama Idul Fitri',
			'03-25': 'Cuti bersama',
			'05-18': 'Cuti bersama',
			'05-19': 'Cuti bersama',
			'12-24': 'Cuti bersama Natal'
		}
	}
];

/** The decrees included in the product. An administrator loads those of later years. */
export const HOLIDAY_DECREES: readonly HolidayDecree[] = DECREED_YEARS.map(({ year, decree }) => ({ year, decree }));

export const HOLIDAYS: readonly Holiday[] = DECREED_YEARS.flatMap(({ year, national, joint }) => [
	...named(year, 'national', national),
	...named(year, 'joint', joint)
]).sort((a, b) => a.date.localeCompare(b.date));

export const DEFAULT_CALENDAR: Calendar = calendarOf(HOLIDAY_DECREES, HOLIDAYS);

function named(year: number, kind: HolidayKind, days: Readonly<Record<string, string>>): Holiday[] {
	return Object.entries(days).map(([monthDay, name]) => ({ date: `${year}-${monthDay}`, kind, name }));
}
