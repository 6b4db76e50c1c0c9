import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { expect } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';

/**
 * Waits until `count` statements of this database wait for a lock. For PostgreSQL only: the embedded database has one
 * connection.
 */
export const untilWaiting = (count: number): Promise<void> => {
	const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
	return expect.poll(() => rowsOf(db(), waiting)).toHaveLength(count);
};

/** Runs two calls that write to a table so that both have read before one of them writes. */
export async function writeTogether<T>(table: PgTable, calls: readonly [() => Promise<T>, () => Promise<T>]) {
	const { promise: started, resolve: start } = Promise.withResolvers<void>();
	const { promise: released, resolve: release } = Promise.withResolvers<void>();
	const holding = transaction(async (tx) => {
		await tx.execute(sql`lock table ${table} in share mode`);
		start();
		await released;
	});
	await started;
	const results = Promise.allSettled(calls.map((call) => call()));
	await untilWaiting(2).finally(release);
	await holding;
	return results;
}
