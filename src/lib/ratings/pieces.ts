import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthsAfter, monthStart, type Period } from './period.ts';

export interface Piece extends Period {
	of: 'months' | 'days';
}

/**
 * A period as few sums: the whole months in it, and the days before and after them. A year of ratings is then some dozen sums
 * an officer, whatever the number of ratings.
 *
 * @param today the last day on which a rating can lie: a period that reaches it takes its month as a whole
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
