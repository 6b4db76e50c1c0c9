import { sql } from 'drizzle-orm';
import type { Tx } from './index.ts';
import type { Numbers } from './schema/numbers.ts';

/**
 * Takes the next number of a unit and year. The counter's row stays locked until the caller commits, and a rollback
 * gives the number back. So there are no gaps.
 */
export async function nextNumber(tx: Tx, counters: Numbers, unitId: string, year: number): Promise<number> {
	const [counter] = await tx
		.insert(counters)
		.values({ unitId, year, last: 1 })
		.onConflictDoUpdate({ target: [counters.unitId, counters.year], set: { last: sql`${counters.last} + 1` } })
		.returning({ last: counters.last });
	return counter?.last ?? 1;
}
