import { inArray, sql } from 'drizzle-orm';
import type { Database, Tx } from './index.ts';
import { jobProgress } from './schema/settings.ts';

/** Returns the values stored under these keys. The caller knows their types. */
export async function progressOf(on: Database | Tx, keys: readonly string[]): Promise<Map<string, unknown>> {
	const rows = await on
		.select()
		.from(jobProgress)
		.where(inArray(jobProgress.key, [...keys]));
	return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Stores a value if it differs from the stored one. Of two concurrent transactions, the second gets false. */
export async function storeProgress(tx: Tx, key: string, value: unknown): Promise<boolean> {
	const setWhere = sql`${jobProgress.value} <> ${JSON.stringify(value)}::jsonb`;
	const changed = await tx
		.insert(jobProgress)
		.values({ key, value })
		.onConflictDoUpdate({ target: jobProgress.key, set: { value }, setWhere })
		.returning({ key: jobProgress.key });
	return changed.length > 0;
}
