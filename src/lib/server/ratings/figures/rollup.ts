import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { figuresOf, FIGURES, type Countable, type Figure } from '#lib/ratings/figures.ts';
import { monthStart } from '#lib/ratings/period.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly } from '#lib/server/db/schema/ratings.ts';

/** Columns of a rating that the daily and monthly sums count. */
export interface CountedRating extends Countable {
	unitId: string;
	officerId: string | null;
	service: string | null;
	day: LocalDate;
}

/** Key for all services together, so that no figure adds services up. */
export const ALL_SERVICES = '*';

type Table = typeof ratingDaily | typeof ratingMonthly;
const TABLES = [
	{ table: ratingDaily, dayOf: (day: LocalDate) => day },
	{ table: ratingMonthly, dayOf: monthStart }
] as const;

/** The two rows a rating counts in, always in this order, so that two ratings never deadlock. */
function rowsFor(rating: CountedRating, day: LocalDate) {
	return [rating.service, ALL_SERVICES].map((service) => ({
		key: [rating.unitId, rating.officerId ?? '', service ?? '', day].join('/'),
		unitId: rating.unitId,
		officerId: rating.officerId,
		service,
		day
	}));
}

/** Counts a rating in the transaction that stores it or lets it count again. */
export async function countIn(tx: Tx, rating: CountedRating): Promise<void> {
	const one = figuresOf(rating);
	for (const { table, dayOf } of TABLES) {
		const rows = rowsFor(rating, dayOf(rating.day)).map((row) => ({ ...row, ...one }));
		await tx
			.insert(table)
			.values(rows)
			.onConflictDoUpdate({ target: table.key, set: changed(table, one, 1) });
	}
}

/** The exact inverse of `countIn`; also deletes empty rows, so that no trace of the rating remains. */
export async function countOut(tx: Tx, rating: CountedRating): Promise<void> {
	const one = figuresOf(rating);
	for (const { table, dayOf } of TABLES) {
		for (const { key } of rowsFor(rating, dayOf(rating.day))) {
			const taken = await tx
				.update(table)
				.set(changed(table, one, -1))
				.where(eq(table.key, key))
				.returning({ key: table.key });
			if (taken.length !== 1) throw new Error(`the sums lack ${key}`);
			await tx
				.delete(table)
				.where(and(eq(table.key, key), sql`${table.c1} + ${table.c2} + ${table.c3} + ${table.c4} + ${table.c5} = 0`));
		}
	}
}

function changed(table: Table, one: Partial<Record<Figure, number>>, sign: 1 | -1): Partial<Record<Figure, SQL>> {
	const touched = FIGURES.filter((name) => one[name] !== undefined);
	return Object.fromEntries(touched.map((name) => [name, sql`${table[name]} + ${sign * (one[name] ?? 0)}`]));
}
