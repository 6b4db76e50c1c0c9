import type { SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { monthsOf } from '#lib/ratings/period.ts';
import type { Counts } from '#lib/ratings/statistics.ts';
import { db } from '#lib/server/db/index.ts';
import { countsOf, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';

const NONE: Counts = [0, 0, 0, 0, 0];

export interface MonthCounts {
	/** The first day of the month. */
	month: LocalDate;
	counts: Counts;
}

/**
 * Counted ratings by month, for each unit or each officer (null: those without one), months without any included. A first
 * or last month that the period holds in part is counted in that part.
 */
export async function countsByMonth(
	filter: RatingFilter,
	by: 'unitId' | 'officerId',
	whose: (table: SumsTable) => SQL | undefined
): Promise<(id: string | null) => MonthCounts[]> {
	const pieces = sumsWithin(filter, whose);
	const rows = await db()
		.select({ id: pieces[by], month: pieces.month, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces[by], pieces.month);
	const known = new Map(rows.map((row) => [`${row.id} ${row.month}`, countsOf(row)]));
	const months = monthsOf(filter);
	return (id) => months.map((month) => ({ month, counts: known.get(`${id} ${month}`) ?? NONE }));
}
