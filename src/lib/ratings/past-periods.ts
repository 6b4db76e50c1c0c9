import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { monthEnd, monthsAfter, monthsOf, monthStart, yearBefore, type Period } from './period.ts';

/**
 * What a period is held against: the one before, and the same a year ago where that is another one. A period that begins with a month goes back by its months, so that
 * a running quarter is held against as many days of the quarter before; another one by a year if it is one, else by days.
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

/** That day of a month so much later: the last of a month stays the last, and no month is left. */
function sameDay(day: LocalDate, months: number): LocalDate {
	const last = monthEnd(monthsAfter(day, months));
	const same = `${last.slice(0, 8)}${day.slice(8)}`;
	return day === monthEnd(day) || same > last ? last : same;
}

function lengthOf({ from, to }: Period): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}
