import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { serveLockRequest, requestFromHolder } from '#lib/server/db/folder-lock.ts';
import { db, rowsOf, useHandle } from '#lib/server/db/index.ts';
import { hasTables, keyFingerprint } from '#lib/server/db/installation.ts';
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

const noDatabase = () => new BackupFault('no_database', 'there is no database of SPATULA yet: nothing to back up');

/** Makes a backup now and stores its row. @throws BackupFault */
async function makeRecordedBackup(progress: Progress): Promise<Made> {
	const id = crypto.randomUUID();
	await db().insert(backups).values({ id, occasion: 'command', state: 'waiting', askedAt: now(), seenAt: now() });
	return factsOf(await runBackup(id, progress));
}

/** Lets the running site make a backup for the command, because no other process can open the embedded database. */
export function serveBackupCommand(): void {
	serveLockRequest(REQUEST, async (send) => {
		try {
			send({ made: await makeRecordedBackup((stage, bytes) => send({ stage, bytes })) });
		} catch (error) {
			const { code, message } = faultOf(error);
			send({ fault: code, message });
		}
	});
}

type Line = { stage?: Stage; bytes?: number; made?: Made; fault?: FaultCode; message?: string };

/**
 * Makes a backup of the configured database. If a running site has the embedded database open, that site makes it,
 * otherwise this process does. The schema is not migrated, even if this program has newer migrations.
 *
 * @throws BackupFault · StartError
 */
export async function backupByCommand(progress: Progress): Promise<Made & { by: 'site' | 'command' }> {
	const received: { last?: Line } = {};
	const onLine = (line: Line) => {
		received.last = line;
		if (line.stage) progress(line.stage, line.bytes ?? 0);
	};
	if (!env().DATABASE_URL && (await requestFromHolder(env().DATA_DIR, REQUEST, onLine))) {
		const { last } = received;
		if (last?.made) return { ...last.made, by: 'site' };
		if (last?.fault) throw new BackupFault(last.fault, last.message ?? '');
		if (last) throw new BackupFault('stopped', 'the site ended before the backup was complete');
		const held = `DATA_DIR ${env().DATA_DIR} is held by a process that makes no backups: stop it first`;
		throw new BackupFault('other', held);
	}
	const { DATABASE_URL, DATA_DIR } = env();
	if (!DATABASE_URL && !existsSync(join(DATA_DIR, 'pglite'))) throw noDatabase();
	const opened = await connectDatabase();
	useHandle(opened);
	try {
		return {
			...((await hasCurrentSchema()) ? await makeRecordedBackup(progress) : factsOf(await makeArchive(progress))),
			by: 'command'
		};
	} finally {
		useHandle(undefined);
		await opened.close();
	}
}

/**
 * Whether the database has this program's schema, so that the backup's row can be stored in it.
 *
 * @throws BackupFault if the database has no tables of SPATULA, or was made under another APP_KEY
 */
async function hasCurrentSchema(): Promise<boolean> {
	if (!(await hasTables(db()))) throw noDatabase();
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
