import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { sql, type SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { hasCode, NotFound } from '#lib/server/errors.ts';
import { requireDatabaseSpace } from './free-space.ts';
import { REFERENCE_TABLES } from './reference-tables.ts';

/** The database that queries use, the same type for PostgreSQL and the embedded database. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;
/** The handle inside a transaction. Functions that must join the caller's transaction take it first. */
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];
/** For functions that read inside or outside a transaction. */
export type Reader = Pick<Database | Tx, 'select'>;

export type Handle =
	| { kind: 'pglite'; database: Database; client: PGlite; close: () => Promise<void> }
	| {
			kind: 'postgres';
			url: string;
			database: Database;
			/** Connections for jobs. Their statements have no time limit. */
			jobs: Database;
			readonly client: Sql;
			/** Closes all connections after the database was lost. Open statements fail; later ones connect again. */
			reconnect: () => void;
			close: () => Promise<void>;
	  };

/** The open transaction of the code that runs now. */
export interface OpenTransaction {
	tx: Tx;
	/** How often it wrote to a table of the reference data. */
	referenceWrites: number;
}

interface State {
	handle?: Handle;
	transactions: AsyncLocalStorage<OpenTransaction>;
	jobs: AsyncLocalStorage<true>;
	/** How many changes of the reference data this process knows of. */
	referenceChanges: number;
}

// On globalThis, because development reloads this module: it must not open the embedded folder a second time, and the
// open database keeps calling the former module.
const holder = globalThis as typeof globalThis & { spatulaDatabase?: State };
const state = (holder.spatulaDatabase ??= {
	transactions: new AsyncLocalStorage(),
	jobs: new AsyncLocalStorage(),
	referenceChanges: 0
});

export const openTransaction = (): OpenTransaction | undefined => state.transactions.getStore();

export function useHandle(next: Handle | undefined): void {
	state.handle = next;
}

export function isOpen(): boolean {
	return state.handle !== undefined;
}

export function handle(): Handle {
	if (!state.handle) throw new Error('the database is not open yet');
	return state.handle;
}

/**
 * The database for reads and single statements. Throws inside a transaction: the embedded database has one connection,
 * so such a call would wait for its own transaction forever.
 */
export function db(): Database {
	if (openTransaction()) throw new Error('db() was called inside a transaction: pass its tx on');
	const opened = handle();
	return opened.kind === 'postgres' && state.jobs.getStore() ? opened.jobs : opened.database;
}

/**
 * A statement that is built once for a database and then only gets its values (`sql.placeholder`). For what every request
 * does, because building a statement takes as long as running it. @param build gets `db()` and ends with `prepare`
 */
export function builtOnce<T>(build: (on: Database) => T): () => T {
	const built = new WeakMap<Database, T>();
	return () => {
		const on = db();
		const known = built.get(on) ?? build(on);
		built.set(on, known);
		return known;
	};
}

/** Runs `work` with the connections of jobs, whose statements have no time limit. */
export const asJob = <T>(work: () => T): T => state.jobs.run(true, work);

type LastStep = (tx: Tx) => Promise<void>;
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
export const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withoutDeadlock(() => runOnce(work));

/** As `transaction` for a single statement, which needs none: `work` runs it on `db()`. */
export async function withoutDeadlock<T>(work: () => Promise<T>): Promise<T> {
	await requireDatabaseSpace(handle().kind);
	for (let retriesLeft = MAX_DEADLOCK_RETRIES; ; retriesLeft -= 1) {
		try {
			return await work();
		} catch (cause) {
			if (retriesLeft === 0 || !hasCode(cause, DEADLOCK_DETECTED)) throw cause;
			// A random delay lets the other transaction finish first.
			await setTimeout(Math.random() * MAX_RETRY_DELAY_MS);
		}
	}
}

const DEADLOCK_DETECTED = '40P01';

async function runOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
	let opened: OpenTransaction | undefined;
	try {
		return await db().transaction((tx) => {
			opened = { tx, referenceWrites: 0 };
			return state.transactions.run(opened, async () => {
				const steps: LastStep[] = [];
				lastSteps.set(tx, steps);
				const result = await work(tx);
				for (const run of steps) await run(tx);
				if (opened?.referenceWrites && handle().kind === 'postgres') {
					await tx.execute(sql`select pg_notify(${REFERENCE_CHANNEL}, '')`);
				}
				return result;
			});
		});
	} finally {
		// After an error too: the commit may have succeeded although its response was lost.
		if (opened?.referenceWrites) noteReferenceChange();
	}
}

/**
 * Channel on which a commit notifies all processes that it changed reference data. This process is notified too: if the
 * response to a commit was lost, only the notification says when the change is visible.
 */
export const REFERENCE_CHANNEL = 'spatula_reference';

/** Counts the changes of the reference data that this process knows of. */
export const referenceChangeCount = (): number => state.referenceChanges;

/** The reference data was changed, or may have been while this process did not listen. */
export function noteReferenceChange(): void {
	state.referenceChanges += 1;
}

/** Anywhere in a statement, because `with` may precede it. A name that is no table is not found below. */
const WRITTEN_TABLES =
	/\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?(?:"?public"?\.)?"?(\w+)/gi;

/**
 * Called for each statement. A write to the reference data counts as a change when its transaction ends. The product
 * writes to them in transactions only (`owners.spec.ts`). A single statement of a test or a script counts at once.
 */
export function noteStatement(statement: string): void {
	if (statement.startsWith('select')) return;
	const written = [...statement.matchAll(WRITTEN_TABLES)].map(([, table = '']) => table.toLowerCase());
	if (!written.some((table) => REFERENCE_TABLES.has(table))) return;
	const opened = openTransaction();
	if (opened) opened.referenceWrites += 1;
	else noteReferenceChange();
}

/**
 * Runs `run` at the end of the transaction, after all other work and before the commit. A step of a savepoint runs only
 * if the savepoint was not rolled back.
 *
 * @returns false if `tx` was not opened by `transaction` or `savepoint`, and then `run` doesn't run
 */
export function beforeCommit(tx: Tx, run: LastStep): boolean {
	return lastSteps.get(tx)?.push(run) !== undefined;
}

/**
 * Runs `work` in a savepoint of the caller's transaction. If it throws, what it wrote and its last steps are undone.
 */
export async function savepoint<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
	const steps: LastStep[] = [];
	const result = await tx.transaction((inner) => {
		lastSteps.set(inner, steps);
		return work(inner);
	});
	lastSteps.get(tx)?.push(...steps);
	return result;
}

/** Rows of a raw statement, the same for both drivers. */
export async function rowsOf<T extends Record<string, unknown>>(on: Database | Tx, statement: SQL): Promise<T[]> {
	const result: unknown = await on.execute(statement);
	return (Array.isArray(result) ? result : (result as { rows: T[] }).rows) as T[];
}

/** The only row of a query. @throws NotFound without one */
export function oneRow<T>([row]: readonly T[]): T {
	if (row === undefined) throw new NotFound();
	return row;
}

/** The row that an insert or update returned. */
export function storedRow<T>([row]: readonly T[]): T {
	if (row === undefined) throw new Error('nothing was stored');
	return row;
}
