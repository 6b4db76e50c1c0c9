import { sql } from 'drizzle-orm';
import type { Tx } from './index.ts';

/** Waits until no other transaction has locked this key. The lock ends with the transaction. */
export async function lockKey(tx: Tx, key: string): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${key}))`);
}
