import { addDays, localDate, weekday, yearOf, type LocalDate } from './days.ts';

/** Joint leave (cuti bersama) is decreed together with the national holidays and is not a working day either. */
export type HolidayKind = 'national' | 'joint';

export interface Holiday {
	date: LocalDate;
	kind: HolidayKind;
	name: string;
}

/** The joint decree of three ministers (SKB) that sets a year's days off. */
export interface HolidayDecree {
	year: number;
	decree: string;
}

/** Known days off. A year that is not in `years` has no decree yet, and every date in it is provisional. */
export interface Calendar {
	years: Readonly<Record<number, { decree: string }>>;
	days: Readonly<Record<LocalDate, { kind: HolidayKind; name: string }>>;
}

export interface DayOff {
	why: 'weekend' | 'national_holiday' | 'joint_leave';
	name: string;
}

/** Builds a calendar from decrees and their days. Of two entries for one date, the later one is used. */
export function calendarOf(decrees: readonly HolidayDecree[], holidays: readonly Holiday[]): Calendar {
	return {
		years: Object.fromEntries(decrees.map(({ year, decree }) => [year, { decree }])),
		days: Object.fromEntries(holidays.map(({ date, kind, name }) => [date, { kind, name }]))
	};
}

/**
 * Returns why a day is not a working day, or null if it is one. A holiday on a weekend counts as the holiday, because the
 * decree lists it and the weekend is obvious.
 */
export function dayOff(date: LocalDate, calendar: Calendar): DayOff | null {
	const holiday = calendar.days[date];
	if (holiday) return { why: holiday.kind === 'national' ? 'national_holiday' : 'joint_leave', name: holiday.name };
	const day = weekday(date);
	if (day === 6) return { why: 'weekend', name: 'Sabtu' };
	if (day === 7) return { why: 'weekend', name: 'Minggu' };
	return null;
}

export function isWorkingDay(date: LocalDate, calendar: Calendar): boolean {
	return dayOff(date, calendar) === null;
}

/** Whether no decree is loaded for the date's year, so its holidays are unknown. */
export function isProvisional(date: LocalDate, calendar: Calendar): boolean {
	return calendar.years[yearOf(date)] === undefined;
}

/**
 * Returns the n-th working day after `date`, or before it if n is negative. If n is 0, returns `date`. `date` itself need
 * not be a working day.
 */
export function addWorkingDays(date: LocalDate, n: number, calendar: Calendar): LocalDate {
	if (!Number.isInteger(n)) throw new RangeError(`Not a whole number of working days: ${n}`);
	const step = Math.sign(n);
	let day = date;
	for (let remaining = Math.abs(n); remaining > 0;) {
		day = addDays(day, step);
		if (isWorkingDay(day, calendar)) remaining -= 1;
	}
	return day;
}

/**
 * Counts the working days after the day of `a` up to and including the day of `b`, both in `zone`: the n of "Terlambat n
 * hari kerja", with `a` the due time and `b` now. Returns 0 on the same day or if `b` is earlier.
 */
export function workingDaysBetween(a: Date, b: Date, calendar: Calendar, zone: string): number {
	const last = localDate(b, zone);
	let count = 0;
	for (let day = addDays(localDate(a, zone), 1); day <= last; day = addDays(day, 1)) {
		if (isWorkingDay(day, calendar)) count += 1;
	}
	return count;
}

/** Month and day from which the decree of the next year is expected. The ministers publish it in autumn. */
const ANNOUNCED_FROM = '10-01';

/**
 * Years whose decree is missing on `today`: the current year, and from October the next year. Earlier in the year the
 * next decree cannot be expected.
 */
export function missingYears(today: LocalDate, loaded: readonly number[]): number[] {
	const year = yearOf(today);
	const expected = today.slice(5) >= ANNOUNCED_FROM ? [year, year + 1] : [year];
	return expected.filter((one) => !loaded.includes(one));
}
