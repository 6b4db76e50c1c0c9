import type { LocalDate } from '#lib/calendar/days.ts';
import type { Period } from './period.ts';

/**
 * Which of the months shown belong to the chosen period, as a place in their row and a length; undefined if all of them
 * or none do, for then there is nothing to set apart.
 */
export function chosenMonths(
	months: readonly { month: LocalDate }[],
	{ from, to }: Period
): { from: number; length: number } | undefined {
	const within = ({ month }: { month: LocalDate }) => month.slice(0, 7) >= from.slice(0, 7) && month <= to;
	const length = months.filter(within).length;
	return length === 0 || length === months.length ? undefined : { from: months.findIndex(within), length };
}
