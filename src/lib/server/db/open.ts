import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { lockFolder } from './folder-lock.ts';
import { noteStatement, useHandle, type Database, type Handle } from './index.ts';
import { claimInstallation } from './installation.ts';
import { migrateDatabase } from './migrate.ts';

/** Memory for pages; the default is 128 MB. The operating system caches the files anyway. */
const START_PARAMS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'];

const DRIZZLE = { casing: 'snake_case', logger: { logQuery: noteStatement } } as const;

/** Opens the embedded database with the extensions that the migrations need, in `dataDir` or in memory. */
export const openPglite = (options: PGliteOptions = {}) =>
	PGlite.create({ ...options, extensions: { pg_trgm }, startParams: START_PARAMS });

export function pgliteHandle(client: PGlite, release: () => Promise<void> = async () => {}): Handle {
	const close = async () => {
		await client.close();
		await release();
	};
	return {
		kind: 'pglite',
		database: drizzlePglite(client, DRIZZLE) as unknown as Database,
		client,
		close
	};
}

/**
 * Has the server keep the text of each statement, per connection. Drizzle would send it each time and wait for the
 * server before it sends the values.
 */
function preparing<T extends Sql | TransactionSql>(client: T): T {
	const own = Object.create(client) as Sql & TransactionSql;
	own.unsafe = (text, values, options) => client.unsafe(text, values, { ...options, prepare: true });
	own.begin = ((work: (tx: TransactionSql) => unknown) =>
		(client as Sql).begin((tx) => work(preparing(tx)))) as typeof own.begin;
	own.savepoint = ((work: (tx: TransactionSql) => unknown) =>
		(client as TransactionSql).savepoint((tx) => work(preparing(tx)))) as typeof own.savepoint;
	return own as unknown as T;
}

export function postgresHandle(
	url: string,
	connections = 10,
	options: postgres.Options<Record<string, never>> = {}
): Extract<Handle, { kind: 'postgres' }> {
	const client = postgres(url, {
		max: connections,
		onnotice: () => {},
		connect_timeout: 10,
		// Plans are made with the values of a statement, because it depends on them which index serves it.
		connection: { plan_cache_mode: 'force_custom_plan' },
		...options
	});
	const close = () => client.end({ timeout: 5 });
	return {
		kind: 'postgres',
		url,
		database: drizzlePostgres(preparing(client), DRIZZLE) as unknown as Database,
		client,
		close
	};
}

/**
 * Connects to the configured database without migrating it.
 *
 * @throws StartError if the folder is in use or the server can't be reached
 */
export async function connectDatabase(): Promise<Handle> {
	const { DATABASE_URL, DATA_DIR } = env();
	if (DATABASE_URL) {
		const opened = postgresHandle(DATABASE_URL);
		try {
			await opened.client`select 1`;
		} catch (error) {
			await opened.close().catch(() => {});
			throw new StartError(`DATABASE_URL can't be reached: ${(error as Error).message || 'no answer'}`);
		}
		return opened;
	}
	const release = await lockFolder(DATA_DIR);
	const folder = join(DATA_DIR, 'pglite');
	await mkdir(folder, { recursive: true, mode: 0o700 });
	return pgliteHandle(await openPglite({ dataDir: folder }), release);
}

/**
 * Opens the configured database, migrates it and checks that it belongs to this installation.
 *
 * @throws StartError, one line, if the folder is in use, the server can't be reached, APP_KEY is another one, or the
 *   database holds demo data and `DEMO` is off
 */
export async function openDatabase(): Promise<Handle> {
	const opened = await connectDatabase();
	try {
		await migrateDatabase(opened);
		await claimInstallation(opened.database);
	} catch (error) {
		await opened.close().catch(() => {});
		throw error;
	}
	useHandle(opened);
	return opened;
}
