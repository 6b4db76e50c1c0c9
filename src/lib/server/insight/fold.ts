import { sql } from 'drizzle-orm';
import { db, rowsOf } from '#lib/server/db/index.ts';

/** Changes added up in one transaction. */
const MOST = 20_000;

/** Adds the waiting changes to the sums of reports. One process runs this each minute. @returns how many changes */
export async function foldCaseSums(): Promise<number> {
	let all = 0;
	for (;;) {
		const [row] = await rowsOf<{ n: number }>(db(), sql`select fold_case_sums(${MOST}) as n`);
		const n = row?.n ?? 0;
		all += n;
		if (n < MOST) return all;
	}
}
