import { eq, inArray, sql } from 'drizzle-orm';
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

/** Adds one to the number stored under a key. Concurrent calls are all counted. */
export async function incrementProgress(on: Database | Tx, key: string): Promise<void> {
	await on
		.insert(jobProgress)
		.values({ key, value: 1 })
		.onConflictDoUpdate({ target: jobProgress.key, set: { value: sql`to_jsonb((${jobProgress.value})::int + 1)` } });
}

/** Deletes what is stored under a key. */
export async function dropProgress(on: Database | Tx, key: string): Promise<void> {
	await on.delete(jobProgress).where(eq(jobProgress.key, key));
}

/**
 * Stores a value under a key.
 * @returns false if the same value is stored already. Of two transactions that store the same value only one gets true
 */
export async function storeProgress(on: Database | Tx, key: string, value: unknown): Promise<boolean> {
	const setWhere = sql`${jobProgress.value} <> ${JSON.stringify(value)}::jsonb`;
	const changed = await on
		.insert(jobProgress)
		.values({ key, value })
		.onConflictDoUpdate({ target: jobProgress.key, set: { value }, setWhere })
		.returning({ key: jobProgress.key });
	return changed.length > 0;
}
