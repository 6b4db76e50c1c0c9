import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';

export interface MetDeadline {
	startedOn: LocalDate;
	endedOn: LocalDate;
	pausedDays: number;
	dayUnit: 'working' | 'calendar';
}

/**
 * Counts how many days each deadline took until it was met, in its own unit. The start is day 0 and the last day counts.
 * Days of a pause do not count. Each day is looked up in the calendar only once for all spans.
 */
export function daysTaken(calendar: Calendar, spans: readonly MetDeadline[]): (taken: MetDeadline) => number {
	const first = spans.reduce((least, { startedOn }) => (startedOn < least ? startedOn : least), '9999-12-31');
	const last = spans.reduce((most, { endedOn }) => (endedOn > most ? endedOn : most), '');
	/** The number of days and of working days from `first` up to each day. */
	const countsUpTo = new Map<LocalDate, { calendar: number; working: number }>();
	let counts = { calendar: 0, working: 0 };
	for (let day = first; day <= last; day = addDays(day, 1)) {
		counts = { calendar: counts.calendar + 1, working: counts.working + (isWorkingDay(day, calendar) ? 1 : 0) };
		countsUpTo.set(day, counts);
	}
	return ({ startedOn, endedOn, pausedDays, dayUnit }) =>
		Math.max(0, (countsUpTo.get(endedOn)?.[dayUnit] ?? 0) - (countsUpTo.get(startedOn)?.[dayUnit] ?? 0) - pausedDays);
}
