import { sql } from 'drizzle-orm';
import { db, rowsOf } from '../db/index.ts';

/** So many changes are added up in one transaction. */
const MOST = 20_000;

/** Adds to the sums of reports what has changed since: each minute, by one process. @returns how many changes */
export async function foldCaseSums(): Promise<number> {
	let all = 0;
	for (;;) {
		const [row] = await rowsOf<{ n: number }>(db(), sql`select fold_case_sums(${MOST}) as n`);
		const n = row?.n ?? 0;
		all += n;
		if (n < MOST) return all;
	}
}
