import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { BackupFault, faultOf } from './fault.ts';
import { backupPassphrase, usableBackupFolder } from './place.ts';
import { rowsIn } from './archive-format.ts';
import { rotateBackups } from './rules.ts';
import { removeDeadUnfinished, writeBackup, type Progress, type Written } from './write-backup.ts';

type BackupRow = typeof backups.$inferSelect;

const SAID_MS = 2000;

// On globalThis for the reason of the database handle: one per process, however often the module is loaded.
const holder = globalThis as typeof globalThis & { spatulaBackup?: AbortController };

export function stopBackup(): void {
	holder.spatulaBackup?.abort();
}

/** A name that sorts by time and says what is inside; its end keeps two of one second apart. */
function archiveName(moment: Date, encrypted: boolean): string {
	const time = moment.toISOString().replace(/[-:]|\.\d+/g, '');
	return `spatula-${time}-${randomBytes(2).toString('hex')}.tar.zst${encrypted ? '.age' : ''}`;
}

/** Makes one archive in the folder of backups, under a name of its own. @throws BackupFault */
export async function makeArchive(progress?: Progress): Promise<Written & { path: string; encrypted: boolean }> {
	if (holder.spatulaBackup) throw new BackupFault('already_running', 'another backup is being made just now');
	const stopping = (holder.spatulaBackup = new AbortController());
	try {
		const folder = await usableBackupFolder();
		await removeDeadUnfinished(folder);
		const passphrase = await backupPassphrase();
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
 * Makes the backup that a row asks for and writes down in it how it went; then lets go of those that need not be kept.
 *
 * @throws BackupFault, which stands in the row too
 */
export async function runBackup(id: string, progress?: Progress): Promise<Written & { path: string }> {
	const note = createNotes(id);
	await change(id, { state: 'running', seenAt: now(), stage: 'database' });
	try {
		const made = await makeArchive((stage, bytes) => {
			note.stage(stage, bytes);
			progress?.(stage, bytes);
		});
		await note.end();
		const { head, manifest, path, bytes, encrypted } = made;
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
		await rotateBackups();
		return made;
	} catch (error) {
		await note.end();
		const fault = faultOf(error);
		await change(id, { state: 'failed', endedAt: now(), fault: fault.code });
		throw fault;
	}
}

const change = async (id: string, set: Partial<BackupRow>) =>
	void (await db().update(backups).set(set).where(eq(backups.id, id)));

/** Writes how far it is into the row, one after the other and not more often than anybody looks. */
function createNotes(id: string) {
	let saidAt = 0;
	let writing: Promise<void> = Promise.resolve();
	return {
		stage(stage: NonNullable<BackupRow['stage']>, stageBytes: number) {
			if (now().getTime() - saidAt < SAID_MS) return;
			saidAt = now().getTime();
			writing = writing.then(() => change(id, { stage, stageBytes, seenAt: now() })).catch(() => {});
		},
		end: () => writing
	};
}
