import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '#lib/server/db/folder-lock.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { openPglite, pgliteHandle, postgresHandle, requireSuitableServer } from '#lib/server/db/open.ts';
import { WITHOUT_TIME_LIMITS } from '#lib/server/db/postgres-settings.ts';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { diskStorage, syncFolder, type Storage } from '#lib/server/integrations/storage/disk.ts';
import { BackupFault } from './fault.ts';
import { STAGING } from './backup-folder.ts';

/** The target of a restore. It is empty before, and afterwards either complete or empty again. */
export interface Target {
	opened: Handle;
	files: Storage;
	/**
	 * Moves the restored data into place. Until then a starting site finds nothing here, or a database that it refuses.
	 * @param allowStart lets a site start on the database; called when the files are in place
	 */
	finish(allowStart: () => Promise<void>): Promise<void>;
	/** Deletes everything that was restored. */
	clear(): Promise<void>;
	/** Closes the database and unlocks the folder, after `finish` or `clear`. */
	close(): Promise<void>;
}

const holdsAnything = async (folder: string) => (await readdir(folder).catch(() => [])).length > 0;

const occupied = (what: string) =>
	new BackupFault('not_empty', `${what}: a restore wants an empty target and overwrites nothing`);

/**
 * Locks the folder of the settings, checks that it and the database are empty, and opens the target.
 *
 * @throws BackupFault `not_empty`; StartError if the folder is in use, or the database server can't be
 *   reached or is not suitable
 */
export async function openTarget(): Promise<Target> {
	const { DATA_DIR, DATABASE_URL } = env();
	const unlock = await lockFolder(DATA_DIR);
	try {
		for (const own of ['pglite', 'files'])
			if (await holdsAnything(join(DATA_DIR, own))) throw occupied(`DATA_DIR ${DATA_DIR} holds data already (${own})`);
		const staging = join(DATA_DIR, STAGING);
		// Left behind by an earlier restore that was killed.
		await rm(staging, { recursive: true, force: true });
		await mkdir(staging, { recursive: true, mode: 0o700 });
		const database = DATABASE_URL ? await openServerDatabase(DATABASE_URL) : await createEmbedded(DATA_DIR, staging);
		return withFiles(database, DATA_DIR, staging, unlock);
	} catch (error) {
		await unlock();
		throw error;
	}
}

type DatabaseTarget = Pick<Target, 'opened' | 'clear'> & { finish(): Promise<void> };

function withFiles(database: DatabaseTarget, dataDir: string, staging: string, unlock: () => Promise<void>): Target {
	const place = join(dataDir, 'files');
	return {
		opened: database.opened,
		files: diskStorage(join(staging, 'files')),
		async finish(allowStart) {
			await rm(place, { recursive: true, force: true });
			await mkdir(join(staging, 'files'), { recursive: true, mode: 0o700 });
			await rename(join(staging, 'files'), place);
			await syncFolder(dataDir);
			await allowStart();
			await database.finish();
			await rm(staging, { recursive: true, force: true });
			await syncFolder(dataDir);
		},
		async clear() {
			await database.clear();
			await rm(staging, { recursive: true, force: true });
			await rm(place, { recursive: true, force: true });
		},
		async close() {
			await database.opened.close().catch(() => {});
			await unlock();
		}
	};
}

/** Creates the embedded database in the staging folder. `finish` closes it and moves it into place. */
async function createEmbedded(dataDir: string, staging: string): Promise<DatabaseTarget> {
	const folder = join(staging, 'pglite');
	await mkdir(folder, { mode: 0o700 });
	const opened = await pgliteHandle(await openPglite({ dataDir: folder }));
	return {
		opened,
		async finish() {
			await opened.close();
			const place = join(dataDir, 'pglite');
			await rm(place, { recursive: true, force: true });
			await rename(folder, place);
		},
		clear: () => opened.close().catch(() => {})
	};
}

/** Finds tables, views and sequences that no extension created. */
const OBJECTS = `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
	and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')`;

async function openServerDatabase(url: string): Promise<DatabaseTarget> {
	const opened = postgresHandle(url, 4, { connection: WITHOUT_TIME_LIMITS });
	const { client } = opened;
	try {
		await requireSuitableServer(client);
		const [found] = await client.unsafe(`${OBJECTS} limit 1`);
		if (found) throw occupied(`the database of DATABASE_URL holds tables already (${String(found.name)})`);
	} catch (error) {
		await opened.close();
		if (error instanceof StartError) throw error;
		throw new BackupFault('other', `DATABASE_URL can't be reached: ${(error as Error).message || 'no answer'}`);
	}
	return {
		opened,
		finish: async () => {},
		async clear() {
			await client.unsafe('drop schema if exists pgboss cascade; drop schema if exists drizzle cascade');
			const tables = await client.unsafe(
				`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`
			);
			for (const { name } of tables) await client.unsafe(`drop table if exists public.${String(name)} cascade`);
			const functions = await client.unsafe(
				`select p.oid::regprocedure::text as name from pg_proc p where p.pronamespace = 'public'::regnamespace
				and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`
			);
			for (const { name } of functions) await client.unsafe(`drop function if exists ${String(name)} cascade`);
		}
	};
}
