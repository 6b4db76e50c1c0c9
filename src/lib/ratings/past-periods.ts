import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { monthEnd, monthsAfter, monthsOf, monthStart, yearBefore, type Period } from './period.ts';

/**
 * Returns the periods that a period is compared with: the previous one, and the same a year ago if it is a different
 * one. A period that starts with a month moves back by its months, so that an unfinished quarter is compared with as
 * many days of the previous quarter. A whole year moves back by a year, and any other period by its days.
 */
export function pastPeriods(period: Period): { before: Period; yearAgo?: Period } {
	const before = periodBefore(period);
	const yearAgo = yearEarlier(period);
	return before.from === yearAgo.from ? { before } : { before, yearAgo };
}

function periodBefore(period: Period): Period {
	const { from, to } = period;
	if (from === monthStart(from)) {
		const months = monthsOf(period).length;
		return { from: monthsAfter(from, -months), to: sameDay(to, -months) };
	}
	if (from === addDays(yearBefore(to), 1))
		return { from: addDays(yearBefore(addDays(from, -1)), 1), to: addDays(from, -1) };
	return { from: addDays(from, -lengthOf(period)), to: addDays(from, -1) };
}

function yearEarlier({ from, to }: Period): Period {
	if (from === monthStart(from)) return { from: monthsAfter(from, -12), to: sameDay(to, -12) };
	if (from === addDays(yearBefore(to), 1)) return periodBefore({ from, to });
	return { from: yearBefore(from), to: yearBefore(to) };
}

/** The same day of another month; the last day, and a day that does not exist there, become its last day. */
function sameDay(day: LocalDate, months: number): LocalDate {
	const last = monthEnd(monthsAfter(day, months));
	const same = `${last.slice(0, 8)}${day.slice(8)}`;
	return day === monthEnd(day) || same > last ? last : same;
}

function lengthOf({ from, to }: Period): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}
