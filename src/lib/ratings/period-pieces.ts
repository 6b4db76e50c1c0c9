import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthsAfter, monthStart, type Period } from './period.ts';

export interface Piece extends Period {
	of: 'months' | 'days';
}

/**
 * Splits a period into its whole months and the days before and after them. A year then needs about a dozen sums per
 * officer, for any number of ratings.
 * @param today the last date that a rating can have. If the period reaches it, its month is taken as a whole.
 */
export function piecesOf({ from, to }: Period, today: LocalDate): Piece[] {
	const last = to >= today ? monthEnd(to) : to;
	const firstMonth = from === monthStart(from) ? from : monthsAfter(from, 1);
	const afterMonths = last === monthEnd(last) ? addDays(last, 1) : monthStart(last);
	if (firstMonth >= afterMonths) return [{ of: 'days', from, to: last }];
	const pieces: Piece[] = [
		{ of: 'months', from: firstMonth, to: monthsAfter(afterMonths, -1) },
		{ of: 'days', from, to: addDays(firstMonth, -1) },
		{ of: 'days', from: afterMonths, to: last }
	];
	return pieces.filter((piece) => piece.from <= piece.to);
}
