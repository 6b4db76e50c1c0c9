import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { lockFolder } from './folder-lock.ts';
import { noteStatement, useHandle, type Database, type Handle } from './index.ts';
import { claimInstallation, hasTables, requireInstallation, requireNoOtherFiles } from './installation.ts';
import { migrateDatabase } from './migrate.ts';
import { asText, JOB_SETTINGS, PAGE_SETTINGS } from './postgres-settings.ts';

/** Memory for pages; the default is 128 MB. The operating system caches the files anyway. */
const BUFFERS = ['-c', 'shared_buffers=32MB'];

/**
 * Work after which V8 compiles a function of the embedded database again, optimised. With its default of 13,000,000 it
 * compiles eighty functions while the site starts, which takes half a second of processor time.
 */
const OPTIMISE_AFTER = '--wasm-tiering-budget=200000000';

/** PostgreSQL 15, as its servers write their version. */
const OLDEST_SERVER = 150_000;

/** Folder in DATA_DIR with the copy of the embedded database that a backup reads. */
export const BACKUP_COPY_FOLDER = 'snapshot';

const DRIZZLE = { casing: 'snake_case', logger: { logQuery: noteStatement } } as const;

/**
 * Opens the embedded database with the extensions that the migrations need, in `dataDir` or in memory. It is loaded
 * only here, because a site on PostgreSQL doesn't need it.
 */
export async function openPglite(options: PGliteOptions = {}): Promise<PGlite> {
	const { PGlite } = await import('@electric-sql/pglite');
	const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm');
	setFlagsFromString(OPTIMISE_AFTER);
	const startParams = [...PGlite.defaultStartParams, ...BUFFERS];
	return PGlite.create({ ...options, extensions: { pg_trgm }, startParams });
}

export async function pgliteHandle(client: PGlite, release: () => Promise<void> = async () => {}): Promise<Handle> {
	const { drizzle: drizzlePglite } = await import('drizzle-orm/pglite');
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
 *
 * @param current returns the client that runs the statements; `reconnect` replaces it
 */
function preparing<T extends Sql | TransactionSql>(client: T, current: () => T = () => client): T {
	const own = Object.create(client) as Sql & TransactionSql;
	own.unsafe = (text, values, options) => current().unsafe(text, values, { ...options, prepare: true });
	own.begin = ((work: (tx: TransactionSql) => unknown) =>
		(current() as Sql).begin((tx) => work(preparing(tx)))) as typeof own.begin;
	own.savepoint = ((work: (tx: TransactionSql) => unknown) =>
		(current() as TransactionSql).savepoint((tx) => work(preparing(tx)))) as typeof own.savepoint;
	return own as unknown as T;
}

/**
 * Seconds until a pool tries again to open a connection, by the number of tries that failed. Statements wait that long,
 * so a page waits at most a second for a database that is back. The driver's own waits grow to 20 s.
 */
const backoff = (failures: number): number => Math.min(2 ** failures / 100, 1);

/** Connections for jobs, of which few run at the same time. */
const JOB_CONNECTIONS = 5;

export function postgresHandle(
	url: string,
	connections = 10,
	options: postgres.Options<Record<string, never>> = {}
): Extract<Handle, { kind: 'postgres' }> {
	// A pool connects on its first use.
	const openPool = (max: number, session: typeof PAGE_SETTINGS | typeof JOB_SETTINGS) => {
		const connection = asText({ ...session, ...options.connection });
		const own = { max, onnotice: () => {}, connect_timeout: 10, backoff };
		const connect = () => postgres(url, { ...own, ...options, connection });
		let client = connect();
		return {
			database: drizzlePostgres(
				preparing(client, () => client),
				DRIZZLE
			) as unknown as Database,
			client: () => client,
			reconnect() {
				const lost = client;
				client = connect();
				// Drizzle changes how the client reads dates.
				drizzlePostgres(client);
				void lost.end({ timeout: 0 }).catch(() => {});
			},
			close: () => client.end({ timeout: 5 })
		};
	};
	const pages = openPool(connections, PAGE_SETTINGS);
	const jobs = openPool(Math.min(connections, JOB_CONNECTIONS), JOB_SETTINGS);
	return {
		kind: 'postgres',
		url,
		database: pages.database,
		jobs: jobs.database,
		get client() {
			return pages.client();
		},
		reconnect() {
			pages.reconnect();
			jobs.reconnect();
		},
		close: async () => void (await Promise.all([pages.close(), jobs.close()]))
	};
}

/**
 * Checks the version of the server and the encoding of the database. With another encoding than UTF-8, PostgreSQL
 * refuses an emoji, or counts and searches bytes instead of letters.
 *
 * @throws StartError
 */
export async function requireSuitableServer(client: Sql): Promise<void> {
	const [server] = await client`select current_setting('server_version_num')::int as version,
		current_setting('server_encoding') as encoding`;
	const { version, encoding } = server as { version: number; encoding: string };
	if (version < OLDEST_SERVER)
		throw new StartError("DATABASE_URL can't be used: PostgreSQL must be version 15 or newer");
	if (encoding !== 'UTF8')
		throw new StartError(`DATABASE_URL can't be used: the database has the encoding ${encoding}: create it with UTF8`);
}

/**
 * Connects to the configured database without migrating it.
 *
 * @throws StartError if the folder is in use or holds the files of another database, or the database can't be opened
 */
export async function connectDatabase(): Promise<Handle> {
	const { DATABASE_URL, DATA_DIR } = env();
	if (DATABASE_URL) {
		const opened = postgresHandle(DATABASE_URL);
		try {
			await opened.client`select 1`;
		} catch (error) {
			await opened.close().catch(() => {});
			throw new StartError(`DATABASE_URL can't be used: ${(error as Error).message || 'no answer'}`);
		}
		return opened;
	}
	const release = await lockFolder(DATA_DIR);
	// A backup that was killed leaves its copy: a second database, unencrypted and as large as the first. If it can't be
	// removed, the next backup says why.
	await rm(join(DATA_DIR, BACKUP_COPY_FOLDER), { recursive: true, force: true }).catch(() => {});
	const folder = join(DATA_DIR, 'pglite');
	try {
		// Opening creates the database. Its folder would stand in the way when the former one is moved back.
		if (!existsSync(folder)) await requireNoOtherFiles();
		await mkdir(folder, { recursive: true, mode: 0o700 });
		return await pgliteHandle(await openPglite({ dataDir: folder }), release);
	} catch (error) {
		await release();
		if (error instanceof StartError) throw error;
		const { message } = error as Error;
		throw new StartError(`the database in DATA_DIR ${DATA_DIR} can't be opened: ${message}`, { cause: error });
	}
}

/**
 * Opens the configured database, migrates it and checks that it belongs to this installation.
 *
 * @throws StartError, one line, if one of these is true:
 * - The folder is in use, or holds the files of another database.
 * - The server can't be reached or is not suitable.
 * - The database refuses the migrations, or belongs to another version of the program or to another APP_KEY.
 * - The database holds demo data, and `DEMO` is off.
 */
export async function openDatabase(): Promise<Handle> {
	const opened = await connectDatabase();
	try {
		if (opened.kind === 'postgres') await requireSuitableServer(opened.client);
		// Before the migrations, which can't be undone.
		if (await hasTables(opened.database)) await requireInstallation(opened.database);
		else await requireNoOtherFiles();
		await migrateDatabase(opened);
		await claimInstallation(opened.database);
	} catch (error) {
		await opened.close().catch(() => {});
		if (error instanceof StartError) throw error;
		// The error of a query names its statement, and its cause says why the database refused it.
		const { message } = ((error as Error).cause ?? error) as Error;
		throw new StartError(`the database can't be prepared: ${message}`, { cause: error });
	}
	useHandle(opened);
	return opened;
}

/** Whether the embedded database is yet to be created. */
export const lacksDatabase = (): boolean => !env().DATABASE_URL && !existsSync(join(env().DATA_DIR, 'pglite'));

/**
 * Opens the configured database as it is, for a command that only reads it.
 *
 * @throws StartError if there is no database (opening would create one), or it belongs to another installation
 */
export async function openExistingDatabase(): Promise<Handle> {
	const { DATABASE_URL, DATA_DIR } = env();
	const none = `there is no database of SPATULA ${DATABASE_URL ? 'at DATABASE_URL' : `in DATA_DIR ${DATA_DIR}`}`;
	if (lacksDatabase()) throw new StartError(none);
	const opened = await connectDatabase();
	try {
		if (!(await hasTables(opened.database))) throw new StartError(none);
		await requireInstallation(opened.database);
	} catch (error) {
		await opened.close().catch(() => {});
		throw error;
	}
	useHandle(opened);
	return opened;
}
