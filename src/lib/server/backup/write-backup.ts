import { rename, rm, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { holdRemovals } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import type { Head, Manifest } from './archive-format.ts';
import { readArchive } from './archive-reader.ts';
import { writeArchive, type ArchiveWriter } from './archive-writer.ts';
import { headOf, pendingEvents } from './contents.ts';
import { BackupFault, faultOf } from './fault.ts';
import { VERSION } from './program-version.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';
import { addFiles } from './stored-files.ts';
import { beginUnfinished } from './unfinished.ts';

export type Stage = 'database' | 'files' | 'checking';

/** What is being done, and how many bytes of the archive's contents have gone through it. */
export type Progress = (stage: Stage, bytes: number) => void;

export interface Written {
	head: Head;
	manifest: Manifest;
	/** Size of the archive. */
	bytes: number;
}

interface Order {
	/** Where the archive will lie. */
	path: string;
	passphrase: string | undefined;
	progress?: Progress;
	signal?: AbortSignal;
}

/**
 * Writes one archive of the database and its files, reads it back to the end, and only then gives it its name. What was
 * acknowledged before this was called is in it. A failure leaves nothing behind.
 *
 * @throws BackupFault with the reason
 */
export async function writeBackup(opened: Handle, { path, passphrase, progress, signal }: Order): Promise<Written> {
	const { path: unfinished, end } = beginUnfinished(path);
	const moment = now();
	try {
		const resume = await holdRemovals();
		try {
			await withSnapshot(opened, env().DATA_DIR, async (snapshot) => {
				const head = await headOf(snapshot, { engine: opened.kind, moment, version: VERSION });
				if (head.migrations.includes('unknown'))
					throw new BackupFault('newer', 'the database belongs to a newer program than this one');
				const archive = counted(await writeArchive(unfinished, head, passphrase), progress, signal);
				try {
					await fill(archive, snapshot, head);
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
		end();
	}
}

async function fill(archive: ArchiveWriter, snapshot: Snapshot, head: Head): Promise<void> {
	for (const [table, columns] of Object.entries(head.tables))
		for await (const part of snapshot.copy(table, columns)) await archive.rows(table, part);
	const lost = await addFiles(snapshot, archive);
	await archive.finish({ lost, pendingEvents: await pendingEvents(snapshot) });
}

/** Says how far it is, and stops where it was asked to. */
function counted(
	archive: ArchiveWriter,
	progress: Progress | undefined,
	signal: AbortSignal | undefined
): ArchiveWriter {
	let bytes = 0;
	const went = (stage: Stage, more: number) => {
		signal?.throwIfAborted();
		progress?.(stage, (bytes += more));
	};
	return {
		...archive,
		async rows(table, part) {
			await archive.rows(table, part);
			went('database', part.length);
		},
		async file(key, size, content) {
			const sha256 = await archive.file(key, size, content);
			went('files', size);
			return sha256;
		}
	};
}

async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
