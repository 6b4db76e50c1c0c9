import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { answerAsked, askHolder } from '#lib/server/db/folder-lock.ts';
import { db, rowsOf, useHandle } from '#lib/server/db/index.ts';
import { keyFingerprint } from '#lib/server/db/installation.ts';
import { appliedMigrations, knownMigrations } from '#lib/server/db/migrate.ts';
import { connectDatabase } from '#lib/server/db/open.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { env } from '#lib/server/env.ts';
import { rowsIn } from './archive-format.ts';
import { BackupFault, faultOf, type FaultCode } from './fault.ts';
import { makeArchive, runBackup } from './run-backup.ts';
import type { Progress, Stage, Written } from './write-backup.ts';

const REQUEST = 'backup';

export type Made = ReturnType<typeof factsOf>;

function factsOf({ path, bytes, head, manifest }: Written & { path: string }) {
	return {
		path,
		bytes,
		moment: head.moment,
		rows: rowsIn(manifest),
		files: manifest.files.count,
		fileBytes: manifest.files.bytes,
		lost: manifest.lost.length
	};
}

const nothing = () => new BackupFault('no_database', 'there is no database of SPATULA yet: nothing to back up');

/** Makes a backup now, with its row. @throws BackupFault */
async function makeOne(progress: Progress): Promise<Made> {
	const id = randomUUID();
	await db().insert(backups).values({ id, occasion: 'command', state: 'waiting', askedAt: now(), seenAt: now() });
	return factsOf(await runBackup(id, progress));
}

/** In the site: makes a backup when the command asks for one, since nobody else can open the embedded database. */
export function answerBackupCommand(): void {
	answerAsked(REQUEST, async (say) => {
		try {
			say({ made: await makeOne((stage, bytes) => say({ stage, bytes })) });
		} catch (error) {
			const { code, message } = faultOf(error);
			say({ fault: code, message });
		}
	});
}

type Line = { stage?: Stage; bytes?: number; made?: Made; fault?: FaultCode; message?: string };

/**
 * Makes a backup of the database of the settings: by the running site where that holds the embedded database, else by this
 * process. The schema is left as it is, also where this program brings a newer one.
 *
 * @throws BackupFault · StartError
 */
export async function backupByCommand(progress: Progress): Promise<Made & { by: 'site' | 'command' }> {
	let said: Line = {};
	const hear = (line: Line) => {
		if (line.stage) progress(line.stage, line.bytes ?? 0);
		else said = line;
	};
	if (!env().DATABASE_URL && (await askHolder(env().DATA_DIR, REQUEST, hear))) {
		if (said.made) return { ...said.made, by: 'site' };
		throw new BackupFault(
			said.fault ?? 'other',
			said.message ?? `DATA_DIR ${env().DATA_DIR} is held by a process that makes no backups: stop it first`
		);
	}
	const { DATABASE_URL, DATA_DIR } = env();
	if (!DATABASE_URL && !existsSync(join(DATA_DIR, 'pglite'))) throw nothing();
	const opened = await connectDatabase();
	useHandle(opened);
	try {
		return { ...((await isCurrent()) ? await makeOne(progress) : factsOf(await makeArchive(progress))), by: 'command' };
	} finally {
		useHandle(undefined);
		await opened.close();
	}
}

/**
 * Whether the database has this program's schema, so that the backup can be noted in it.
 *
 * @throws BackupFault if it holds nothing of SPATULA, or was made under another APP_KEY
 */
async function isCurrent(): Promise<boolean> {
	const [ours] = await rowsOf<{ there: boolean }>(
		db(),
		sql`select to_regclass('drizzle.__drizzle_migrations') is not null and to_regclass('public.settings') is not null as there`
	);
	if (!ours?.there) throw nothing();
	const [stored] = await rowsOf<{ value: string }>(
		db(),
		sql`select value #>> '{}' as value from settings where key = 'fingerprint'`
	);
	if (stored?.value !== keyFingerprint())
		throw new BackupFault('other_key', 'APP_KEY is not the one this database was made with: set the former value');
	const applied = await rowsOf<{ at: string }>(
		db(),
		sql`select created_at::text as at from drizzle.__drizzle_migrations`
	);
	return appliedMigrations(applied).join() === knownMigrations().join();
}
