import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthStart, type Period } from './period.ts';

/** Whole months or single days whose sums are added (1) or taken away (-1). Both ends inclusive. */
export interface Piece {
	of: 'months' | 'days';
	from: LocalDate;
	to: LocalDate;
	sign: 1 | -1;
}

/**
 * A period as few sums: the whole months in it, and the days that stick out at either end, or those that a month is too
 * long by where these are fewer. A year of ratings is then some dozen sums an officer, whatever the number of ratings.
 *
 * @param today the last day on which a rating can lie: a period that reaches it takes its month as a whole
 */
export function piecesOf({ from, to }: Period, today: LocalDate): Piece[] {
	const last = to >= today ? monthEnd(to) : to;
	const firstMonth = monthStart(from);
	const lastMonth = monthStart(last);
	const before = piece('days', firstMonth, addDays(from, -1), -1);
	const after = piece('days', addDays(last, 1), monthEnd(last), -1);
	if (firstMonth === lastMonth) {
		const inside = piece('days', from, last, 1);
		const around = [before, after].flat();
		return lengthOf(around) < lengthOf(inside) ? [...piece('months', firstMonth, firstMonth, 1), ...around] : inside;
	}
	const left = piece('days', from, monthEnd(from), 1);
	const right = piece('days', lastMonth, last, 1);
	const takeFirst = lengthOf(before) < lengthOf(left);
	const takeLast = lengthOf(after) < lengthOf(right);
	const months = piece(
		'months',
		takeFirst ? firstMonth : monthStart(addDays(monthEnd(from), 1)),
		takeLast ? lastMonth : monthStart(addDays(lastMonth, -1)),
		1
	);
	return [...months, ...(takeFirst ? before : left), ...(takeLast ? after : right)];
}

/** None where the last lies before the first. */
const piece = (of: Piece['of'], from: LocalDate, to: LocalDate, sign: Piece['sign']): Piece[] =>
	from <= to ? [{ of, from, to, sign }] : [];

/** How many days the pieces have, as far as that matters for choosing between them. */
function lengthOf(pieces: readonly Piece[]): number {
	const day = (date: LocalDate) => Number(date.slice(8));
	return pieces.reduce((sum, { from, to }) => sum + day(to) - day(from) + 1, 0);
}
