import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { requireDatabaseSpace } from './free-space.ts';

/** The database that queries use, the same type for PostgreSQL and the embedded database. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;
/** The handle inside a transaction. Functions that must join the caller's transaction take it first. */
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];
/** For functions that read inside or outside a transaction. */
export type Reader = Pick<Database | Tx, 'select'>;

export type Handle =
	| { kind: 'pglite'; database: Database; client: PGlite; close: () => Promise<void> }
	| { kind: 'postgres'; url: string; database: Database; client: Sql; close: () => Promise<void> };

// On globalThis, because a module reloaded in development must not open the embedded folder a second time.
const holder = globalThis as typeof globalThis & { spatulaDatabase?: Handle };
const inTransaction = new AsyncLocalStorage<true>();

export function useHandle(next: Handle | undefined): void {
	holder.spatulaDatabase = next;
}

export function isOpen(): boolean {
	return holder.spatulaDatabase !== undefined;
}

export function handle(): Handle {
	if (!holder.spatulaDatabase) throw new Error('the database is not open yet');
	return holder.spatulaDatabase;
}

/**
 * The database for reads and single statements. Throws inside a transaction: the embedded database has one connection,
 * so such a call would wait for its own transaction forever.
 */
export function db(): Database {
	if (inTransaction.getStore()) throw new Error('db() was called inside a transaction: pass its tx on');
	return handle().database;
}

type LastStep = () => Promise<void>;
const lastSteps = new WeakMap<Tx, LastStep[]>();

/** Retries after a deadlock that PostgreSQL detected. */
const MAX_DEADLOCK_RETRIES = 3;
const MAX_RETRY_DELAY_MS = 50;

/**
 * Runs `work` in one transaction, which stores everything or nothing. If two transactions wait for each other,
 * PostgreSQL rolls one of them back, and that one runs `work` again.
 *
 * @throws StorageFull if the embedded database has no space left
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	await requireDatabaseSpace(handle().kind);
	for (let retriesLeft = MAX_DEADLOCK_RETRIES; ; retriesLeft -= 1) {
		try {
			return await runOnce(work);
		} catch (cause) {
			if (retriesLeft === 0 || !isDeadlock(cause)) throw cause;
			// A random delay lets the other transaction finish first.
			await setTimeout(Math.random() * MAX_RETRY_DELAY_MS);
		}
	}
}

const DEADLOCK_DETECTED = '40P01';
function isDeadlock(cause: unknown): boolean {
	if (!(cause instanceof Error)) return false;
	return ('code' in cause && cause.code === DEADLOCK_DETECTED) || isDeadlock(cause.cause);
}

async function runOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	return db().transaction((tx) =>
		inTransaction.run(true, async () => {
			const steps: LastStep[] = [];
			lastSteps.set(tx, steps);
			const result = await work(tx);
			for (const step of steps) await step();
			return result;
		})
	);
}

/**
 * Runs `step` at the end of the transaction, after all other work and before the commit.
 *
 * @returns false if `tx` was not opened by `transaction`, and then `step` doesn't run
 */
export function beforeCommit(tx: Tx, step: LastStep): boolean {
	return lastSteps.get(tx)?.push(step) !== undefined;
}

/** Rows of a raw statement, the same for both drivers. */
export async function rowsOf<T extends Record<string, unknown>>(on: Database | Tx, statement: SQL): Promise<T[]> {
	const result: unknown = await on.execute(statement);
	return (Array.isArray(result) ? result : (result as { rows: T[] }).rows) as T[];
}
