import { sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { rowsOf, type Tx } from './index.ts';
import type { Numbers } from './schema/numbers.ts';
import { units } from './schema/units.ts';

const taking = (tx: Tx, counters: Numbers, unitId: string, year: number) =>
	tx
		.insert(counters)
		.values({ unitId, year, last: 1 })
		.onConflictDoUpdate({ target: [counters.unitId, counters.year], set: { last: sql`${counters.last} + 1` } })
		.returning({ last: counters.last });

/**
 * Takes the next number of a unit and year. The counter's row stays locked until the caller commits, and a rollback
 * gives the number back. So there are no gaps.
 */
export async function nextNumber(tx: Tx, counters: Numbers, unitId: string, year: number): Promise<number> {
	const [counter] = await taking(tx, counters, unitId, year);
	return counter?.last ?? 1;
}

/**
 * `nextNumber` inside the statement that stores the number, which saves a statement: pass the result to `tx.with(…)`, and
 * read the number with `select last from counter`.
 */
export const numberTaken = (tx: Tx, counters: Numbers, unitId: string, year: number) =>
	tx.$with('counter').as(taking(tx, counters, unitId, year));

/** Skips `ahead` numbers of every unit in each year from `since` to now. @returns the counters, one for each unit and year */
export function skipAhead(tx: Tx, counters: Numbers, since: Date, ahead: number) {
	const yearAt = (at: Date) =>
		sql`extract(year from ${at.toISOString()}::timestamptz at time zone ${units.timeZone})::int`;
	return rowsOf<{ unitId: string; year: number; last: number }>(
		tx,
		sql`insert into ${counters} (unit_id, year, last)
			select ${units.id}, skipped.year, ${ahead}::int
			from ${units}, generate_series(${yearAt(since)}, ${yearAt(now())}) as skipped (year)
			on conflict (unit_id, year) do update set last = ${counters.last} + excluded.last
			returning unit_id as "unitId", year, last`
	);
}
