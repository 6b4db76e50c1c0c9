import { addDays, localDate, type LocalDate } from './days.ts';
import { workdayEnd, workdayStart, type WorkdayHours } from './workday-hours.ts';
import { dayOff, isProvisional, isWorkingDay, type Calendar, type DayOff } from './working-calendar.ts';

export type { WorkdayHours };

export type DayUnit = 'working' | 'calendar';

/** A stretch in which a clock stands still: from `from` up to, not including, `to`; null while it still stands. */
export interface Pause {
	from: Date;
	to: Date | null;
}

export interface ClockQuestion {
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
	/** For people: the holiday's or weekday's name (under `rolled_back` too), or that the clock stood still. */
	name: string;
}

/**
 * A deadline and its explanation. `counted` and `skipped` share no day and together hold every day after the day of
 * receipt: up to the due day; where an open pause stops the clock, up to the last day it didn't stand at the end of;
 * where a deadline was rolled back, on to the day it was rolled back from.
 */
export interface Deadline {
	/** Null if an open pause stops the clock before it runs out; so are the two alarms. */
	dueAt: Date | null;
	counted: LocalDate[];
	skipped: SkippedDay[];
	/** A day that mattered lies in a year whose decree isn't loaded. */
	provisional: boolean;
	warnAt: Date | null;
	alertAt: Date | null;
}

const PAUSED = 'Waktu dihentikan sementara';

/**
 * When a clock that started at `start` runs out, and why. The day of receipt in `zone` is day 0 whatever its hour or
 * kind. Of the days after it a clock of working days counts each that is one, unless it stands still at that day's
 * `workday_end`; a clock of calendar days counts all. Due is always at a `workday_end`. Throws RangeError unless `days`
 * is a whole number from 1.
 */
export function computeDue(question: ClockQuestion): Deadline {
	if (!Number.isInteger(question.days) || question.days < 1) {
		throw new RangeError(`A clock needs a whole number of days from 1, not ${question.days}`);
	}
	return question.dayUnit === 'working' ? dueByWorkingDays(question) : dueByCalendarDays(question);
}

function dueByWorkingDays(question: ClockQuestion): Deadline {
	const { start, days, calendar, zone } = question;
	const counted: LocalDate[] = [];
	const skipped: SkippedDay[] = [];
	let day = localDate(start, zone);
	while (counted.length < days) {
		day = addDays(day, 1);
		const standing = pausesAtEndOf(day, question);
		if (standing.some(({ to }) => to === null)) return stopped(question, counted, skipped);
		const off = dayOff(day, calendar);
		if (off) skipped.push({ date: day, ...off });
		else if (standing.length > 0) skipped.push({ date: day, why: 'paused', name: PAUSED });
		else counted.push(day);
	}
	return running(question, day, counted, skipped);
}

/**
 * The limit is a date; the deadline is the last working day on or before it. Where not one working day lies between
 * receipt and that date the date itself stands: rolled back further it would be due before it began.
 */
function dueByCalendarDays(question: ClockQuestion): Deadline {
	const { start, days, calendar, zone } = question;
	const received = localDate(start, zone);
	const span = Array.from({ length: days }, (_, index) => addDays(received, index + 1));
	const due = span.findLast((day) => isWorkingDay(day, calendar)) ?? addDays(received, days);

	const counted = span.filter((day) => day <= due);
	const skipped = span.slice(counted.length).flatMap((date): SkippedDay[] => {
		const off = dayOff(date, calendar);
		return off ? [{ date, why: 'rolled_back', name: off.name }] : [];
	});
	return running(question, due, counted, skipped);
}

function pausesAtEndOf(day: LocalDate, { pauses, hours, zone }: ClockQuestion): Pause[] {
	if (!pauses?.length) return [];
	const end = workdayEnd(day, hours, zone);
	return pauses.filter(({ from, to }) => from <= end && (to === null || end < to));
}

function stopped({ calendar }: ClockQuestion, counted: LocalDate[], skipped: SkippedDay[]): Deadline {
	const provisional = reachesUnknownYear(calendar, counted, skipped);
	return { dueAt: null, counted, skipped, provisional, warnAt: null, alertAt: null };
}

function running(question: ClockQuestion, due: LocalDate, counted: LocalDate[], skipped: SkippedDay[]): Deadline {
	const { days, calendar, hours, zone } = question;
	// In whole numbers: 0.9 has no exact binary form. A rolled-back deadline may come before the day meant.
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
