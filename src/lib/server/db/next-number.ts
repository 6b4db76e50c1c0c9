import { sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { rowsOf, storedRow, type Tx } from './index.ts';
import { NUMBER_KINDS, numbers, type NumberKind } from './schema/numbers.ts';
import { units } from './schema/units.ts';

const taking = (tx: Tx, kind: NumberKind, unitId: string, year: number) =>
	tx
		.insert(numbers)
		.values({ kind, unitId, year, last: 1 })
		.onConflictDoUpdate({
			target: [numbers.kind, numbers.unitId, numbers.year],
			set: { last: sql`${numbers.last} + 1` }
		})
		.returning({ last: numbers.last });

/**
 * Takes the next number of a unit and year. The counter's row stays locked until the caller commits, and a rollback
 * gives the number back. So there are no gaps.
 */
export async function nextNumber(tx: Tx, kind: NumberKind, unitId: string, year: number): Promise<number> {
	return storedRow(await taking(tx, kind, unitId, year)).last;
}

/**
 * `nextNumber` inside the statement that stores the number, which saves a statement: pass the result to `tx.with(…)`, and
 * read the number with `select last from counter`.
 */
export const numberTaken = (tx: Tx, kind: NumberKind, unitId: string, year: number) =>
	tx.$with('counter').as(taking(tx, kind, unitId, year));

/** Skips `ahead` numbers of every kind and unit in each year from `since` to now. @returns the last skipped ones */
export function skipAhead(tx: Tx, since: Date, ahead: number) {
	const yearAt = (at: Date) =>
		sql`extract(year from ${at.toISOString()}::timestamptz at time zone ${units.timeZone})::int`;
	const kinds = sql.join(
		NUMBER_KINDS.map((kind) => sql`(${kind})`),
		sql`, `
	);
	return rowsOf<{ kind: NumberKind; unitId: string; year: number; last: number }>(
		tx,
		sql`insert into ${numbers} (kind, unit_id, year, last)
			select kinds.kind, ${units.id}, skipped.year, ${ahead}::int
			from (values ${kinds}) as kinds (kind), ${units},
				generate_series(${yearAt(since)}, ${yearAt(now())}) as skipped (year)
			on conflict (kind, unit_id, year) do update set last = ${numbers.last} + excluded.last
			returning kind, unit_id as "unitId", year, last`
	);
}
