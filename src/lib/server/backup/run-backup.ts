import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { env } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { healJournal } from '#lib/server/privacy/retention/journal.ts';
import { BackupFault, faultOf } from './fault.ts';
import { archivePrefix, usableBackupFolder } from './backup-folder.ts';
import { rowsIn } from './archive-format.ts';
import { rotateBackups } from './rules.ts';
import { removeAbandonedArchives, writeBackup, type Progress, type Written } from './write-backup.ts';

type BackupRow = typeof backups.$inferSelect;

/** Progress is stored at most this often. */
const PROGRESS_INTERVAL_MS = 2000;

// On globalThis like the database handle: one backup per process, even if development reloads the module.
const holder = globalThis as typeof globalThis & { spatulaBackup?: AbortController };

/** Stops the backup of this process. @returns false if there is none */
export function stopBackup(): boolean {
	holder.spatulaBackup?.abort();
	return holder.spatulaBackup !== undefined;
}

/**
 * The file name sorts by time and shows whether the archive is encrypted. A random part distinguishes two
 * archives of the same second.
 */
function archiveName(moment: Date, encrypted: boolean): string {
	return `${archivePrefix(moment)}-${randomBytes(2).toString('hex')}.tar.zst${encrypted ? '.age' : ''}`;
}

/** Makes one archive in the folder of backups. @throws BackupFault */
export async function makeArchive(progress?: Progress): Promise<Written & { path: string; encrypted: boolean }> {
	if (holder.spatulaBackup) throw new BackupFault('already_running', 'another backup is being made just now');
	const stopping = (holder.spatulaBackup = new AbortController());
	try {
		const folder = await usableBackupFolder();
		await removeAbandonedArchives(folder);
		const { BACKUP_PASSPHRASE: passphrase } = env();
		const encrypted = passphrase !== undefined;
		const path = join(folder, archiveName(now(), encrypted));
		const written = await writeBackup(handle(), { path, passphrase, progress, signal: stopping.signal });
		return { ...written, path, encrypted };
	} catch (error) {
		throw faultOf(error);
	} finally {
		holder.spatulaBackup = undefined;
	}
}

/**
 * Makes the backup that a row requests, stores the outcome in the row, and deletes backups that the rules no longer
 * keep.
 *
 * @throws BackupFault, whose code is stored in the row too
 */
export async function runBackup(id: string, progress?: Progress): Promise<Written & { path: string }> {
	const progressStore = createProgressStore(id);
	// A row that waited for long may have been marked as failed.
	await change(id, { state: 'running', seenAt: now(), stage: 'database', fault: null, endedAt: null });
	try {
		await usableBackupFolder();
		await healJournal();
		const archive = await makeArchive((stage, bytes) => {
			progressStore.stage(stage, bytes);
			progress?.(stage, bytes);
		});
		await progressStore.end();
		const { head, manifest, path, bytes, encrypted } = archive;
		await change(id, {
			state: 'done',
			endedAt: now(),
			seenAt: now(),
			moment: new Date(head.moment),
			fileName: basename(path),
			bytes,
			encrypted,
			verifiedAt: now(),
			rows: rowsIn(manifest),
			files: manifest.files.count,
			lost: manifest.lost.length
		});
		// The new archive is whole, also if an old one can't be deleted.
		await rotateBackups().catch((error: unknown) => log().error({ err: error }, 'old backups were not deleted'));
		return archive;
	} catch (error) {
		await progressStore.end();
		const fault = faultOf(error);
		await change(id, { state: 'failed', endedAt: now(), fault: fault.code });
		throw fault;
	}
}

const change = async (id: string, set: Partial<BackupRow>) =>
	void (await db().update(backups).set(set).where(eq(backups.id, id)));

/** Stores the progress in the row: one write after the other, at most one per `PROGRESS_INTERVAL_MS`. */
function createProgressStore(id: string) {
	let storedAt = 0;
	let writing: Promise<void> = Promise.resolve();
	return {
		stage(stage: NonNullable<BackupRow['stage']>, stageBytes: number) {
			if (now().getTime() - storedAt < PROGRESS_INTERVAL_MS) return;
			storedAt = now().getTime();
			writing = writing.then(() => change(id, { stage, stageBytes, seenAt: now() })).catch(() => {});
		},
		end: () => writing
	};
}
