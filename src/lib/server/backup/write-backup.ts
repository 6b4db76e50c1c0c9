import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { holdRemovals } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import type { Head } from './archive-format.ts';
import { readArchive } from './archive-reader.ts';
import { writeArchive, type ArchiveWriter } from './archive-writer.ts';
import { addFiles, headOf, pendingEvents } from './contents.ts';
import { BackupFault, faultOf } from './fault.ts';
import { syncFolder } from './place.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';

export type Stage = 'database' | 'files' | 'checking';

/** The current step, and how many bytes of the archive's contents it has processed. */
export type Progress = (stage: Stage, bytes: number) => void;

export type Written = Awaited<ReturnType<typeof writeBackup>>;

interface Order {
	path: string;
	passphrase: string | undefined;
	progress?: Progress;
	signal?: AbortSignal;
}

/** Ending of an archive's name until it was read back to its end. */
const UNFINISHED = '.unfinished';
/** How often the writer renews the time of its file, which nothing is written to while it is read back. */
const RENEW_MS = MINUTE_MS;
/** If a file is not renewed for this long, its writer has died. */
const DEAD_MS = 10 * RENEW_MS;

/**
 * Writes one archive of the database and its files, reads it back to the end, and only then gives it its name. It contains
 * everything acknowledged before the call. A failure leaves nothing behind.
 *
 * @throws BackupFault with the reason
 */
export async function writeBackup(opened: Handle, order: Order) {
	const { path, passphrase, progress, signal } = order;
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
					await fill(archive, snapshot, head, order);
				} catch (error) {
					await archive.abandon(error as Error);
					throw error;
				}
			});
		} finally {
			await resume();
		}
		const read = await readArchive(unfinished, passphrase, { seen: (bytes) => progress?.('checking', bytes), signal });
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

async function fill(
	archive: ArchiveWriter,
	snapshot: Snapshot,
	head: Head,
	{ progress, signal }: Order
): Promise<void> {
	let bytes = 0;
	const added = (stage: Stage) => (more: number) => {
		signal?.throwIfAborted();
		progress?.(stage, (bytes += more));
	};
	for (const [table, columns] of Object.entries(head.tables))
		for await (const part of snapshot.copy(table, columns)) {
			await archive.rows(table, part);
			added('database')(part.length);
		}
	const lost = await addFiles(snapshot, archive, added('files'));
	await archive.finish({ lost, pendingEvents: await pendingEvents(snapshot) });
}

/** Deletes what killed writers have left in the folder of backups, but not what another process is writing. */
export async function removeDeadUnfinished(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		if (!name.startsWith('spatula-') || !name.endsWith(UNFINISHED)) continue;
		const path = join(folder, name);
		const found = await stat(path).catch(() => undefined);
		if (found && now().getTime() - found.mtimeMs > DEAD_MS) await rm(path, { force: true });
	}
}
