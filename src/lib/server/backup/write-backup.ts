import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { holdRemovals } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import { syncFolder } from '#lib/server/integrations/storage/disk.ts';
import type { Head } from './archive-format.ts';
import { readArchive } from './archive-reader.ts';
import { writeArchive, type ArchiveWriter } from './archive-writer.ts';
import { addFiles, headOf, pendingJobs } from './contents.ts';
import { BackupFault, faultOf } from './fault.ts';
import { requireBackupSpace } from './backup-folder.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';

export type Stage = 'database' | 'files' | 'checking';

/**
 * Called with the current step and the bytes of contents processed so far. `database` and `files` are counted together;
 * `checking` starts at 0.
 */
export type Progress = (stage: Stage, bytes: number) => void;

export type Written = Awaited<ReturnType<typeof writeBackup>>;

interface BackupOptions {
	path: string;
	passphrase: string | undefined;
	progress?: Progress;
	signal?: AbortSignal;
}

/** Suffix of an archive's name until the archive was read back. */
const UNFINISHED = '.unfinished';
/**
 * The writer renews the modification time of its file this often, because nothing is written while the file is read
 * back.
 */
const RENEW_MS = MINUTE_MS;
/** A file that was not renewed for this long is from a dead writer. */
const DEAD_MS = 10 * RENEW_MS;

/**
 * Writes one archive of the database and its files, reads it back to the end, and only then gives it its final name.
 * The archive contains everything that was acknowledged before the call. A failure leaves no file behind.
 *
 * @throws BackupFault with the reason
 */
export async function writeBackup(opened: Handle, options: BackupOptions) {
	const { path, passphrase, progress, signal } = options;
	const unfinished = path + UNFINISHED;
	const renewing = setInterval(() => void utimes(unfinished, now(), now()).catch(() => {}), RENEW_MS).unref();
	const moment = now();
	try {
		const resume = await holdRemovals();
		try {
			await withSnapshot(opened, env().DATA_DIR, async (snapshot) => {
				const head = await headOf(snapshot, opened.kind, moment);
				if (head.migrations.includes('unknown'))
					throw new BackupFault('newer', 'the database belongs to a newer program than this one');
				const archive = await writeArchive(unfinished, head, passphrase);
				try {
					await writeContents(archive, snapshot, head, options);
				} catch (error) {
					await archive.abandon(error as Error);
					throw error;
				}
			});
		} finally {
			await resume();
		}
		const read = await readArchive(unfinished, passphrase, {
			onProgress: (bytes) => progress?.('checking', bytes),
			signal
		});
		const { size } = await stat(unfinished);
		await rename(unfinished, path);
		await syncFolder(dirname(path));
		return { ...read, bytes: size };
	} catch (error) {
		await rm(unfinished, { force: true }).catch(() => {});
		throw faultOf(error);
	} finally {
		clearInterval(renewing);
	}
}

async function writeContents(
	archive: ArchiveWriter,
	snapshot: Snapshot,
	head: Head,
	{ path, progress, signal }: BackupOptions
): Promise<void> {
	let bytes = 0;
	const addProgress = (stage: Stage) => async (added: number) => {
		signal?.throwIfAborted();
		await requireBackupSpace(dirname(path));
		bytes += added;
		progress?.(stage, bytes);
	};
	for (const [table, columns] of Object.entries(head.tables))
		for await (const part of snapshot.copy(table, columns)) {
			await archive.rows(table, part);
			await addProgress('database')(part.length);
		}
	const lost = await addFiles(snapshot, archive, addProgress('files'));
	await archive.finish({ lost, ...(await pendingJobs(snapshot)) });
}

/** Deletes unfinished archives of killed writers, but not those that another process is still writing. */
export async function removeAbandonedArchives(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		if (!name.startsWith('spatula-') || !name.endsWith(UNFINISHED)) continue;
		const path = join(folder, name);
		const found = await stat(path).catch(() => undefined);
		if (found && now().getTime() - found.mtimeMs > DEAD_MS) await rm(path, { force: true });
	}
}
