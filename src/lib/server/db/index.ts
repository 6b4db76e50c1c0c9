import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { requireDatabaseRoom } from './room.ts';

/** What queries are written against: the same for PostgreSQL and the embedded database. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;
/** The handle inside a transaction. Functions that must join the caller's transaction take it first. */
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];
/** For functions that read with the one or the other. */
export type Reader = Pick<Database | Tx, 'select'>;

export type Handle =
	| { kind: 'pglite'; database: Database; client: PGlite; close: () => Promise<void> }
	| { kind: 'postgres'; url: string; database: Database; client: Sql; close: () => Promise<void> };

// On globalThis: a module reloaded in development must not open the embedded folder a second time.
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
 * The database for reads and single statements. Inside a transaction it throws: on the embedded database, which has
 * one connection, such a call would wait for its own transaction for ever.
 */
export function db(): Database {
	if (inTransaction.getStore()) throw new Error('db() was called inside a transaction: pass its tx on');
	return handle().database;
}

type LastStep = () => Promise<void>;
const lastSteps = new WeakMap<Tx, LastStep[]>();

/** How often work is begun again that PostgreSQL ended because two transactions waited for each other. */
const DEADLOCKS = 3;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs `work` in one transaction: all of it is stored, or nothing. Of two that wait for each other PostgreSQL ends one,
 * which left no trace and is run again: people see nothing of it.
 *
 * @throws StorageFull if the embedded database has no room
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	await requireDatabaseRoom(handle().kind);
	for (let left = DEADLOCKS; ; left -= 1) {
		try {
			return await once(work);
		} catch (cause) {
			if (left === 0 || !isDeadlock(cause)) throw cause;
			// Not at once: the other one is to have what it waited for.
			await setTimeout(Math.random() * LONGEST_PAUSE_MS);
		}
	}
}

const DEADLOCK_DETECTED = '40P01';
function isDeadlock(cause: unknown): boolean {
	if (!(cause instanceof Error)) return false;
	return ('code' in cause && cause.code === DEADLOCK_DETECTED) || isDeadlock(cause.cause);
}

async function once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	return db().transaction((tx) =>
		inTransaction.run(true, async () => {
			const steps: LastStep[] = [];
			lastSteps.set(tx, steps);
			const done = await work(tx);
			for (const step of steps) await step();
			return done;
		})
	);
}

/**
 * Puts `step` at the end of the transaction, after everything else and before the commit.
 *
 * @returns false if `tx` was not opened by `transaction`: there is no such moment then
 */
export function beforeCommit(tx: Tx, step: LastStep): boolean {
	return lastSteps.get(tx)?.push(step) !== undefined;
}

/** Rows of a raw statement, alike for both drivers. */
export async function rowsOf<T extends Record<string, unknown>>(on: Database | Tx, statement: SQL): Promise<T[]> {
	const result: unknown = await on.execute(statement);
	return (Array.isArray(result) ? result : (result as { rows: T[] }).rows) as T[];
}
