import { instantAt, weekday, type ClockTime, type LocalDate, type Weekday } from './days.ts';

export interface DayHours {
	start: ClockTime;
	end: ClockTime;
}

/** Hours for every day of a week, with different hours on some weekdays (Friday). */
interface WeekHours extends DayHours {
	weekdays?: Partial<Record<Weekday, DayHours>>;
}

/** Hours that replace the usual ones between two dates, both included (Ramadan). */
export interface HoursPeriod extends WeekHours {
	from: LocalDate;
	to: LocalDate;
	name: string;
}

/** A unit's working hours, as plain JSON data. If periods overlap, the first in the list is used. */
export interface WorkdayHours extends WeekHours {
	periods?: readonly HoursPeriod[];
}

export const DEFAULT_WORKDAY_HOURS: WorkdayHours = { start: '08:00', end: '16:00' };

/** The hours in force on a date: those of the period that contains it, or the usual ones. */
export const weekHoursOn = (date: LocalDate, hours: WorkdayHours): WeekHours =>
	hours.periods?.find(({ from, to }) => from <= date && date <= to) ?? hours;

/** Returns the office hours of a date, whether or not it is a working day. */
export function hoursOn(date: LocalDate, hours: WorkdayHours): DayHours {
	const week = weekHoursOn(date, hours);
	return week.weekdays?.[weekday(date)] ?? week;
}

/** Instant of `workday_start` on a date. */
export function workdayStart(date: LocalDate, hours: WorkdayHours, zone: string): Date {
	return instantAt(date, hoursOn(date, hours).start, zone);
}

/** Instant of `workday_end` on a date; deadlines end at this time. */
export function workdayEnd(date: LocalDate, hours: WorkdayHours, zone: string): Date {
	return instantAt(date, hoursOn(date, hours).end, zone);
}
