import { addDays, localDate, type LocalDate } from './days.ts';
import { workdayEnd, workdayStart, type WorkdayHours } from './workday-hours.ts';
import { addWorkingDays, dayOff, isProvisional, isWorkingDay, type Calendar, type DayOff } from './working-calendar.ts';

export type DayUnit = 'working' | 'calendar';

/**
 * A span in which a clock is paused: from `from` up to but not including `to`. `to` is null while the pause is open.
 */
export interface Pause {
	from: Date;
	to: Date | null;
}

export interface ClockInput {
	start: Date;
	days: number;
	dayUnit: DayUnit;
	calendar: Calendar;
	hours: WorkdayHours;
	zone: string;
	/** Ignored by clocks of calendar days, which never pause. */
	pauses?: readonly Pause[];
}

export interface SkippedDay {
	date: LocalDate;
	why: DayOff['why'] | 'paused' | 'rolled_back';
	/** Text for people: the name of the holiday or weekday (also for `rolled_back`), or that the clock was paused. */
	name: string;
}

/**
 * A deadline and its explanation. `counted` and `skipped` have no common day. Together they contain every day after the
 * day of arrival up to a last day:
 * - normally the due day;
 * - for an open pause, the last day that ends before the pause;
 * - for a deadline that was moved back, the limit from which it was moved.
 */
export interface Deadline {
	/** Null if an open pause stops the clock before it ends; `warnAt` and `alertAt` are then null too. */
	dueAt: Date | null;
	counted: LocalDate[];
	skipped: SkippedDay[];
	/** Whether one of the days is in a year whose decree is not loaded. */
	provisional: boolean;
	/** Start of the counted day at three quarters of the deadline. */
	warnAt: Date | null;
	/** Start of the counted day at nine tenths of the deadline. */
	alertAt: Date | null;
}

const PAUSED = 'Waktu dihentikan sementara';

/**
 * Computes when a clock that started at `start` ends, and why. The day of arrival in `zone` is day 0, at any hour and
 * even on a day off. A clock of working days counts each later working day, unless the clock is paused at that day's
 * `workday_end`. A clock of calendar days counts every day. The due time is always a `workday_end`.
 * @throws RangeError unless `days` is a positive integer
 */
export function computeDue(clock: ClockInput): Deadline {
	if (!Number.isInteger(clock.days) || clock.days < 1) {
		throw new RangeError(`A clock needs a whole number of days from 1, not ${clock.days}`);
	}
	return clock.dayUnit === 'working' ? dueByWorkingDays(clock) : dueByCalendarDays(clock);
}

function dueByWorkingDays(clock: ClockInput): Deadline {
	const { start, days, calendar, zone } = clock;
	const counted: LocalDate[] = [];
	const skipped: SkippedDay[] = [];
	let day = localDate(start, zone);
	while (counted.length < days) {
		day = addDays(day, 1);
		const pauses = pausesAtEndOf(day, clock);
		if (pauses.some(({ to }) => to === null)) return stopped(clock, counted, skipped);
		const off = dayOff(day, calendar);
		if (off) skipped.push({ date: day, ...off });
		else if (pauses.length > 0) skipped.push({ date: day, why: 'paused', name: PAUSED });
		else counted.push(day);
	}
	return running(clock, day, counted, skipped);
}

/**
 * The limit is a date, and the deadline is the last working day on or before it. If there is no working day between
 * arrival and limit, the limit itself is the deadline, so that it is never before the arrival.
 */
function dueByCalendarDays(clock: ClockInput): Deadline {
	const { start, days, calendar, zone } = clock;
	const received = localDate(start, zone);
	const span = Array.from({ length: days }, (_, index) => addDays(received, index + 1));
	const due = span.findLast((day) => isWorkingDay(day, calendar)) ?? addDays(received, days);

	const counted = span.filter((day) => day <= due);
	const skipped = span.slice(counted.length).flatMap((date): SkippedDay[] => {
		const off = dayOff(date, calendar);
		return off ? [{ date, why: 'rolled_back', name: off.name }] : [];
	});
	return running(clock, due, counted, skipped);
}

/**
 * Counts the working days after `start`, up to the day of `until`, at whose end the clock was paused. Days after the
 * due day count too.
 */
export function pausedDays(clock: Omit<ClockInput, 'days' | 'dayUnit'>, until: Date): number {
	const last = localDate(until, clock.zone);
	let paused = 0;
	for (let day = addDays(localDate(clock.start, clock.zone), 1); day <= last; day = addDays(day, 1))
		if (isWorkingDay(day, clock.calendar) && pausesAtEndOf(day, clock).length > 0) paused += 1;
	return paused;
}

function pausesAtEndOf(
	day: LocalDate,
	{ pauses, hours, zone }: Pick<ClockInput, 'pauses' | 'hours' | 'zone'>
): Pause[] {
	if (!pauses?.length) return [];
	const end = workdayEnd(day, hours, zone);
	return pauses.filter(({ from, to }) => from <= end && (to === null || end < to));
}

function stopped({ calendar }: ClockInput, counted: LocalDate[], skipped: SkippedDay[]): Deadline {
	const provisional = reachesUnknownYear(calendar, counted, skipped);
	return { dueAt: null, counted, skipped, provisional, warnAt: null, alertAt: null };
}

function running(clock: ClockInput, due: LocalDate, counted: LocalDate[], skipped: SkippedDay[]): Deadline {
	const { days, calendar, hours, zone } = clock;
	// Computed with integers, because 0.9 has no exact binary form. A deadline that was moved back may come before the
	// computed day, so the due day is the fallback.
	const startOfCounted = (nth: number) => workdayStart(counted[nth - 1] ?? due, hours, zone);
	return {
		dueAt: workdayEnd(due, hours, zone),
		counted,
		skipped,
		provisional: reachesUnknownYear(calendar, counted, skipped),
		warnAt: startOfCounted(Math.ceil((days * 3) / 4)),
		alertAt: startOfCounted(Math.ceil((days * 9) / 10))
	};
}

function reachesUnknownYear(calendar: Calendar, counted: LocalDate[], skipped: SkippedDay[]): boolean {
	return [...counted, ...skipped.map(({ date }) => date)].some((day) => isProvisional(day, calendar));
}

/**
 * The end of the first working day after the day of `at`. Work that began to wait at `at` has then waited one working
 * day.
 */
export function nextWorkdayEnd(
	at: Date,
	{ timeZone, hours }: { timeZone: string; hours: WorkdayHours },
	calendar: Calendar
): Date {
	return workdayEnd(addWorkingDays(localDate(at, timeZone), 1, calendar), hours, timeZone);
}
