import { DAY_MS } from './durations.ts';

/** A day in a unit's zone, ISO 8601 `YYYY-MM-DD`. Sorts and compares as text. */
export type LocalDate = string;

/** A local time of day, 24 hours, `HH:MM`. */
export type ClockTime = string;

export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The clock in `zone` at an instant, `YYYY-MM-DD HH:MM:SS`, as Swedish writes it. Throws RangeError on an unknown zone. */
function clockIn(zone: string, instant: Date): string {
	let clock = clocks.get(zone);
	if (!clock) {
		clock = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone });
		clocks.set(zone, clock);
	}
	return clock.format(instant);
}

/** The instant of a day and time in UTC, in milliseconds. Throws RangeError on a day or time that does not exist. */
function utc(date: LocalDate, time: ClockTime): number {
	const instant = new Date(`${date}T${time}Z`);
	// `Date` reads 30 February as 2 March.
	if (!instant.toISOString().startsWith(`${date}T${time}`)) throw new RangeError(`no such time: ${date} ${time}`);
	return instant.getTime();
}

/** Milliseconds by which the clock in `zone` is ahead of UTC at an instant. */
function offset(zone: string, instant: number): number {
	const [date = '', time = ''] = clockIn(zone, new Date(instant)).split(' ');
	return utc(date, time) - Math.floor(instant / 1000) * 1000;
}

const startOf = (date: LocalDate) => new Date(utc(date, '00:00'));

/** Whether the text is a day that exists, written `YYYY-MM-DD`, from 1900 to 2199. */
export function isLocalDate(text: string): boolean {
	// No deadline or incident is outside this range, and some databases reject the year 0.
	if (!/^(19|20|21)\d{2}-\d{2}-\d{2}$/.test(text)) return false;
	try {
		startOf(text);
		return true;
	} catch {
		return false;
	}
}

/** Returns the local day in `zone` (an IANA name) at an instant. Throws RangeError on an unknown zone. */
export function localDate(instant: Date, zone: string): LocalDate {
	return clockIn(zone, instant).slice(0, 10);
}

/** Returns the local time in `zone` at an instant, without seconds. Throws RangeError on an unknown zone. */
export function localTime(instant: Date, zone: string): ClockTime {
	return clockIn(zone, instant).slice(11, 16);
}

/**
 * Returns the instant of a local day and time in `zone`. When clocks change, a skipped time moves later by the length of
 * the change, and of a time that occurs twice the first one counts. Throws RangeError on a day, time or zone that does
 * not exist.
 */
export function instantAt(date: LocalDate, time: ClockTime, zone: string): Date {
	const local = utc(date, time);
	const before = offset(zone, local - DAY_MS);
	const after = offset(zone, local + DAY_MS);
	const isLater = offset(zone, local - before) !== before && offset(zone, local - after) === after;
	return new Date(local - (isLater ? after : before));
}

export function addDays(date: LocalDate, days: number): LocalDate {
	return new Date(utc(date, '00:00') + days * DAY_MS).toISOString().slice(0, 10);
}

export function weekday(date: LocalDate): Weekday {
	return (startOf(date).getUTCDay() || 7) as Weekday;
}

export function yearOf(date: LocalDate): number {
	return startOf(date).getUTCFullYear();
}

/** The weeks of a month (1 to 12) as rows of seven, Monday first; null if the day belongs to another month. */
export function weeksOfMonth(year: number, month: number): (LocalDate | null)[][] {
	const prefix = `${year}-${String(month).padStart(2, '0')}-`;
	const first = `${prefix}01`;
	const cells: (LocalDate | null)[] = Array.from({ length: weekday(first) - 1 }, () => null);
	for (let day = first; day.startsWith(prefix); day = addDays(day, 1)) cells.push(day);
	while (cells.length % 7 > 0) cells.push(null);
	return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
