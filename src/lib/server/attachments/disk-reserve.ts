import { diskSpace } from '#lib/server/disk-space.ts';
import { env } from '#lib/server/env.ts';
import { FilesRefused } from '#lib/server/errors.ts';
import { log } from '#lib/server/log.ts';
import { fileStore } from './store.ts';

const MEGABYTE = 1_000_000;

/** Bytes that uploads and backups leave free for the database and the log. */
export const reservedBytes = (): number => env().DISK_RESERVE_MB * MEGABYTE;

let full = false;

/** Logs once when the disk becomes full and once when it has space again. */
function logChange(isFull: boolean, free: number): void {
	if (isFull === full) return;
	full = isFull;
	const megabytes = Math.floor(free / MEGABYTE);
	if (isFull)
		log().error({ freeMegabytes: megabytes }, 'the disk is full: files are refused, reports without are accepted');
	else log().info({ freeMegabytes: megabytes }, 'there is room on the disk again: files are accepted');
}

/**
 * Refuses files that would use the space the database needs to store the reports themselves.
 *
 * @param bytes size of the files about to be written
 * @throws FilesRefused `no_room`
 */
export async function requireDiskSpace(bytes: number): Promise<void> {
	const { free } = await diskSpace();
	const isFull = free - bytes < reservedBytes();
	logChange(isFull, free);
	if (isFull) throw new FilesRefused('no_room');
}

/** Errors of the disk or of a quota. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * Stores a file before its row is written. If a crash leaves a file without a row, housekeeping deletes the file.
 *
 * @returns its key
 * @throws FilesRefused `no_room`
 */
export async function storeFile(bytes: Buffer, key: string = crypto.randomUUID()): Promise<string> {
	await requireDiskSpace(bytes.length);
	try {
		await fileStore().put(key, bytes);
	} catch (error) {
		if (!FULL.includes((error as NodeJS.ErrnoException).code)) throw error;
		logChange(true, 0);
		throw new FilesRefused('no_room');
	}
	return key;
}
