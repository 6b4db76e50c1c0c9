import { addDays, instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays, isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';

/** The zone of every demo office. */
export const ZONE = 'Asia/Makassar';

export type PastDays = ReturnType<typeof pastDays>;

/**
 * Days as seen from today, by the decreed calendar. Everything in the demo happened before today, so that the data of one day
 * is the same whatever the hour at which it is made.
 */
export function pastDays(calendar: Calendar) {
	const today = localDate(now(), ZONE);
	return {
		today,
		/** The n-th working day before today. */
		workingDay: (ago: number) => addWorkingDays(today, -ago, calendar),
		/** Working days from `from` on, today excluded. */
		workingDaysSince: (from: LocalDate) => {
			const days: LocalDate[] = [];
			for (let day = from; day < today; day = addDays(day, 1)) if (isWorkingDay(day, calendar)) days.push(day);
			return days;
		}
	};
}

/** The instant of a day at `minutes` after midnight. */
export function atMinute(day: LocalDate, minute: number): Date {
	const two = (part: number) => String(part).padStart(2, '0');
	return instantAt(day, `${two(Math.floor(minute / 60))}:${two(minute % 60)}`, ZONE);
}
