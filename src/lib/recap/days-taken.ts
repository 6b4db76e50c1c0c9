import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';

export interface Taken {
	startedOn: LocalDate;
	endedOn: LocalDate;
	pausedDays: number;
	dayUnit: 'working' | 'calendar';
}

/**
 * Counts how many days each promise took, in its own unit: the day it began is day 0, the day it was kept counts, days on
 * which the clock stood still don't. Every day of the longest span is looked up in the calendar once.
 */
export function daysTaken(calendar: Calendar, spans: readonly Taken[]): (taken: Taken) => number {
	const first = spans.reduce((least, { startedOn }) => (startedOn < least ? startedOn : least), '9999-12-31');
	const last = spans.reduce((most, { endedOn }) => (endedOn > most ? endedOn : most), '');
	/** How many days, and how many working days, lie before each. */
	const before = new Map<LocalDate, { calendar: number; working: number }>();
	let passed = { calendar: 0, working: 0 };
	for (let day = first; day <= last; day = addDays(day, 1)) {
		passed = { calendar: passed.calendar + 1, working: passed.working + (isWorkingDay(day, calendar) ? 1 : 0) };
		before.set(day, passed);
	}
	return ({ startedOn, endedOn, pausedDays, dayUnit }) =>
		Math.max(0, (before.get(endedOn)?.[dayUnit] ?? 0) - (before.get(startedOn)?.[dayUnit] ?? 0) - pausedDays);
}
