import { constants } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { TransactionSql } from 'postgres';
import { BACKUP_COPY_FOLDER, openPglite, postgresHandle } from '#lib/server/db/open.ts';
import { WITHOUT_TIME_LIMITS } from '#lib/server/db/postgres-settings.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { requireBackupSpace } from './backup-folder.ts';
import { BackupFault } from './fault.ts';

/** The database at one moment. Later writes don't change it. */
export interface Snapshot {
	rows<T>(statement: string, params?: readonly string[]): Promise<T[]>;
	copy(table: string, columns: readonly string[]): AsyncIterable<Buffer>;
}

const PART_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

/** Advisory lock: one backup at a time. Any constant will do. */
const BACKUP_LOCK = 7_604_027;

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const columnList = (columns: readonly string[]) => columns.map(quoted).join(', ');

/**
 * Runs `work` on a snapshot of the database.
 *
 * - PostgreSQL: one read-only transaction, which sees one moment, on a connection without time limits.
 * - The embedded database has one connection, which a backup must not hold until its end. So its folder is copied
 *   while no query runs, and `work` reads the copy as a second database. The site waits only for the copying.
 *
 * @param folder where the copy of the embedded database is put
 * @throws BackupFault `already_running`, `disk_full`
 */
export async function withSnapshot<T>(
	opened: Handle,
	folder: string,
	work: (snapshot: Snapshot) => Promise<T>
): Promise<T> {
	if (opened.kind === 'pglite') {
		// The copy of a killed backup is as large as the database, so it is removed before the space is checked.
		await rm(join(folder, BACKUP_COPY_FOLDER), { recursive: true, force: true });
		await requireBackupSpace(folder, await copyBytes(opened));
		return withCopy(opened.client, folder, work);
	}
	const { client, close } = postgresHandle(opened.url, 1, { connection: WITHOUT_TIME_LIMITS });
	try {
		return (await client.begin('isolation level repeatable read read only', async (sql) => {
			const [lock] = await sql`select pg_try_advisory_xact_lock(${BACKUP_LOCK}) as taken`;
			if (!lock?.taken) throw new BackupFault('already_running', 'another backup is being made just now');
			return work(postgresSnapshot(sql));
		})) as T;
	} finally {
		await close();
	}
}

function postgresSnapshot(sql: TransactionSql): Snapshot {
	return {
		rows: async <T>(statement: string, params: readonly string[] = []) =>
			[...(await sql.unsafe(statement, [...params]))] as T[],
		async *copy(table, columns) {
			const stream = await sql.unsafe(`copy ${quoted(table)} (${columnList(columns)}) to stdout`).readable();
			let chunks: Buffer[] = [];
			let bytes = 0;
			for await (const chunk of stream as AsyncIterable<Buffer>) {
				chunks.push(chunk);
				bytes += chunk.length;
				if (bytes < PART_BYTES || chunk.at(-1) !== NEWLINE) continue;
				yield Buffer.concat(chunks);
				chunks = [];
				bytes = 0;
			}
			if (bytes > 0) yield Buffer.concat(chunks);
		}
	};
}

/** Bytes that a backup needs for its copy of the embedded database; 0 with PostgreSQL. */
export async function copyBytes(opened: Handle): Promise<number> {
	if (opened.kind === 'postgres') return 0;
	const { rows } = await opened.client.query<{ bytes: number }>(
		`select ((select sum(pg_database_size(oid)) from pg_database) + (select sum(size) from pg_ls_waldir()))::float8 as bytes`
	);
	return rows[0]?.bytes ?? 0;
}

async function withCopy<T>(client: PGlite, folder: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
	const { dataDir } = client;
	if (!dataDir) throw new BackupFault('no_database', 'a database in memory has no backup');
	const copy = join(folder, BACKUP_COPY_FOLDER);
	try {
		// Writes most changes to the disk before other queries have to wait.
		await client.exec('checkpoint');
		await client.runExclusive(() => cp(dataDir, copy, { recursive: true, mode: constants.COPYFILE_FICLONE }));
		const frozen = await openPglite({ dataDir: copy });
		try {
			return await work(pgliteSnapshot(frozen));
		} finally {
			await frozen.close();
		}
	} finally {
		await rm(copy, { recursive: true, force: true });
	}
}

/** Pages of a table read at a time: half a megabyte, and long values that are stored outside the pages. */
const PAGES = 64;

function pgliteSnapshot(client: PGlite): Snapshot {
	const rows = async <T>(statement: string, params: readonly string[] = []) =>
		(await client.query<T>(statement, [...params])).rows;
	return {
		rows,
		async *copy(table, columns) {
			const [size] = await rows<{ pages: number }>(
				`select (pg_relation_size($1::text::regclass) / current_setting('block_size')::int)::int as pages`,
				[quoted(table)]
			);
			// The copy doesn't change, so rows are read in their physical order, each page once.
			for (let page = 0; page < (size?.pages ?? 0); page += PAGES) {
				const { blob } = await client.query(
					`copy (select ${columnList(columns)} from ${quoted(table)}
					where ctid >= '(${page},0)' and ctid < '(${page + PAGES},0)') to '/dev/blob'`
				);
				const bytes = Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
				if (bytes.length > 0) yield bytes;
			}
		}
	};
}
