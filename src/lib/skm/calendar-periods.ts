import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthStart, type Period } from '#lib/ratings/period.ts';

const LENGTHS: Partial<Record<number, 'month' | 'quarter' | 'half' | 'year'>> = {
	1: 'month',
	3: 'quarter',
	6: 'half',
	12: 'year'
};

/**
 * Returns the month, quarter (triwulan), half-year (semester) or year that a period covers exactly, else undefined. `number`
 * counts from 1 within the year.
 */
export function calendarPeriod({ from, to }: Period) {
	if (from !== monthStart(from) || to !== monthEnd(to) || from.slice(0, 4) !== to.slice(0, 4)) return undefined;
	const year = Number(from.slice(0, 4));
	const first = Number(from.slice(5, 7));
	const months = Number(to.slice(5, 7)) - first + 1;
	const kind = LENGTHS[months];
	if (!kind || (first - 1) % months !== 0) return undefined;
	return { kind, year, number: (first - 1) / months + 1 };
}

/** The last month, quarter, half-year and year that ended before `today`. An office can publish these periods. */
export function finishedPeriods(today: LocalDate): Period[] {
	return ([1, 3, 6, 12] as const).map((months) => {
		const month = Number(today.slice(5, 7));
		const begun = month - ((month - 1) % months);
		const to = addDays(`${today.slice(0, 4)}-${two(begun)}-01`, -1);
		return { from: `${to.slice(0, 4)}-${two(Number(to.slice(5, 7)) - months + 1)}-01`, to };
	});
}

const two = (number: number) => String(number).padStart(2, '0');
