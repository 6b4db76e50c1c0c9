import { sql } from 'drizzle-orm';
import { db, type Tx } from '#lib/server/db/index.ts';

/**
 * Writes rows without running triggers: many rows at once, or rows that triggers would refuse. Data that triggers maintain
 * (search documents, sums, references) is not updated.
 */
export async function withoutTriggers<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	return db().transaction(async (tx) => {
		await tx.execute(sql`set local session_replication_role = replica`);
		return work(tx);
	});
}
