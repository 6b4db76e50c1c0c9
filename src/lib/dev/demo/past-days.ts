import { addDays, instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays, isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';

/** The time zone of all demo offices. */
export const ZONE = 'Asia/Makassar';

export type PastDays = ReturnType<typeof pastDays>;

/**
 * Days relative to today, by the official calendar. Reports and ratings of the demo are from before today, so that they
 * do not depend on the hour of the run.
 */
export function pastDays(calendar: Calendar) {
	const today = localDate(now(), ZONE);
	return {
		today,
		/** The n-th working day before today. */
		workingDay: (ago: number) => addWorkingDays(today, -ago, calendar),
		/** Working days from `from` up to yesterday. */
		workingDaysSince: (from: LocalDate) => {
			const days: LocalDate[] = [];
			for (let day = from; day < today; day = addDays(day, 1)) if (isWorkingDay(day, calendar)) days.push(day);
			return days;
		}
	};
}

/** The moment `minute` minutes after midnight of a day. */
export function atMinute(day: LocalDate, minute: number): Date {
	const two = (part: number) => String(part).padStart(2, '0');
	return instantAt(day, `${two(Math.floor(minute / 60))}:${two(minute % 60)}`, ZONE);
}
