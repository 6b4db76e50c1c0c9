import { sql } from 'drizzle-orm';
import { db, type Tx } from '#lib/server/db/index.ts';

/**
 * Writes rows past the triggers: many at once in a moment, or such as would not be let in. What triggers keep (what is searched
 * in, sums of boards and reports, references) knows nothing of them.
 */
export async function withoutTriggers<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	return db().transaction(async (tx) => {
		await tx.execute(sql`set local session_replication_role = replica`);
		return work(tx);
	});
}
