import { instantAt, weekday, type ClockTime, type LocalDate, type Weekday } from './days.ts';

export interface DayHours {
	start: ClockTime;
	end: ClockTime;
}

/** The hours of every day of a week, with other hours on single weekdays (Friday). */
interface WeekHours extends DayHours {
	weekdays?: Partial<Record<Weekday, DayHours>>;
}

/** Hours that replace the usual ones from one day to another, both included (Ramadan). */
export interface HoursPeriod extends WeekHours {
	from: LocalDate;
	to: LocalDate;
	name: string;
}

/** A unit's working hours, plain data that survives JSON. Of overlapping periods the first in the list holds. */
export interface WorkdayHours extends WeekHours {
	periods?: readonly HoursPeriod[];
}

export const DEFAULT_WORKDAY_HOURS: WorkdayHours = { start: '08:00', end: '16:00' };

/** The hours that hold on a day; says nothing of whether it is a working day. */
export function hoursOn(date: LocalDate, hours: WorkdayHours): DayHours {
	const week: WeekHours = hours.periods?.find(({ from, to }) => from <= date && date <= to) ?? hours;
	return week.weekdays?.[weekday(date)] ?? week;
}

/** `workday_start` of a day as an instant. */
export function workdayStart(date: LocalDate, hours: WorkdayHours, zone: string): Date {
	return instantAt(date, hoursOn(date, hours).start, zone);
}

/** `workday_end` of a day as an instant: what deadlines are measured by. */
export function workdayEnd(date: LocalDate, hours: WorkdayHours, zone: string): Date {
	return instantAt(date, hoursOn(date, hours).end, zone);
}
