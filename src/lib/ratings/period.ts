import { addDays, isLocalDate, yearOf, type LocalDate } from '#lib/calendar/days.ts';

/** Dates in the unit's zone, both included. */
export interface Period {
	from: LocalDate;
	to: LocalDate;
}

export const PERIOD_NAMES = ['twelve_months', 'month', 'last_month', 'quarter', 'last_quarter', 'year'] as const;
export type PeriodName = (typeof PERIOD_NAMES)[number];

/** The named period as seen from `today`; an unfinished one ends today. */
export function periodNamed(name: PeriodName, today: LocalDate): Period {
	switch (name) {
		case 'twelve_months':
			return { from: addDays(yearBefore(today), 1), to: today };
		case 'month':
			return { from: monthStart(today), to: today };
		case 'last_month':
			return endingBefore(monthStart(today), monthStart);
		case 'quarter':
			return { from: quarterStart(today), to: today };
		case 'last_quarter':
			return endingBefore(quarterStart(today), quarterStart);
		case 'year':
			return { from: `${today.slice(0, 4)}-01-01`, to: today };
	}
}

/** The period between two typed dates; undefined if one is not a date or they are in the wrong order. */
export function periodBetween(from: string, to: string): Period | undefined {
	return isLocalDate(from) && isLocalDate(to) && from <= to ? { from, to } : undefined;
}

export function quarterStart(day: LocalDate): LocalDate {
	const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
	return `${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}

export function monthStart(day: LocalDate): LocalDate {
	return `${day.slice(0, 7)}-01`;
}

export function monthEnd(day: LocalDate): LocalDate {
	// Four days after the 28th is always in the next month.
	return addDays(monthStart(addDays(`${day.slice(0, 7)}-28`, 4)), -1);
}

/** First day of the month that is `months` after the month of `day`, or before it if negative. */
export function monthsAfter(day: LocalDate, months: number): LocalDate {
	const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
	return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-01`;
}

export function monthsOf({ from, to }: Period): LocalDate[] {
	const months: LocalDate[] = [];
	for (let month = monthStart(from); month <= to; month = monthsAfter(month, 1)) months.push(month);
	return months;
}

function endingBefore(start: LocalDate, startOf: (day: LocalDate) => LocalDate): Period {
	const to = addDays(start, -1);
	return { from: startOf(to), to };
}

/** The same day one year earlier; 29 February becomes 28 February. */
export function yearBefore(day: LocalDate): LocalDate {
	const year = String(yearOf(day) - 1).padStart(4, '0');
	const same = `${year}${day.slice(4)}`;
	return isLocalDate(same) ? same : `${year}-02-28`;
}

/**
 * The range of the shown months inside the selected period, as first index and length. Undefined if it has all or none
 * of them: nothing is highlighted then.
 */
export function chosenMonths(
	months: readonly { month: LocalDate }[],
	{ from, to }: Period
): { from: number; length: number } | undefined {
	const within = ({ month }: { month: LocalDate }) => month.slice(0, 7) >= from.slice(0, 7) && month <= to;
	const length = months.filter(within).length;
	return length === 0 || length === months.length ? undefined : { from: months.findIndex(within), length };
}
