import { diskSpace } from '#lib/server/disk-space.ts';
import { env } from '#lib/server/env.ts';
import { FilesRefused } from '#lib/server/errors.ts';
import { log } from '#lib/server/log.ts';

const MEGABYTE = 1024 * 1024;

/** Bytes that stay free for the database and the log, whatever is uploaded. */
export const reservedBytes = (): number => env().DISK_RESERVE_MB * MEGABYTE;

let full = false;

/** The log says it once when the disk runs full and once when there is room again, however many files come between. */
function note(isFull: boolean, free: number): void {
	if (isFull === full) return;
	full = isFull;
	const megabytes = Math.floor(free / MEGABYTE);
	if (isFull)
		log().error({ freeMegabytes: megabytes }, 'the disk is full: files are refused, reports without are taken');
	else log().info({ freeMegabytes: megabytes }, 'there is room on the disk again: files are taken');
}

/**
 * Refuses files before they take what the database needs to store the reports themselves.
 * @param bytes what is about to be written
 * @throws FilesRefused `no_room`
 */
export async function requireRoom(bytes: number): Promise<void> {
	const { free } = await diskSpace();
	const isFull = free - bytes < reservedBytes();
	note(isFull, free);
	if (isFull) throw new FilesRefused('no_room');
}

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** The same where the disk, or a quota nobody told us of, says so itself while the file is written. */
export function refusedByDisk(error: unknown): FilesRefused | undefined {
	if (!FULL.includes((error as NodeJS.ErrnoException).code)) return undefined;
	note(true, 0);
	return new FilesRefused('no_room');
}
