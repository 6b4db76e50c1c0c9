import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { StorageFull } from '#lib/server/errors.ts';
import { log } from '#lib/server/log.ts';

/**
 * Bytes that must be free before the embedded database is written to. It crashes for good if it can't create the next
 * file of its write-ahead log, which has 16 MB. Space for four of them leaves time to free some.
 */
const MIN_FREE_BYTES = 64 * 1024 * 1024;
/** After a disk-full error of a database server, `readyz` reports the disk as full for this long. */
const FULL_FOR_MS = MINUTE_MS;

let foundFullAt: Date | undefined;

export async function hasDatabaseSpace(kind: 'pglite' | 'postgres'): Promise<boolean> {
	if (kind === 'pglite' && (await diskSpace()).free < MIN_FREE_BYTES) return false;
	return !foundFullAt || foundFullAt < ago(FULL_FOR_MS);
}

/** @throws StorageFull if the embedded database must not be written to */
export async function requireDatabaseSpace(kind: 'pglite' | 'postgres'): Promise<void> {
	if (kind === 'pglite' && (await diskSpace()).free < MIN_FREE_BYTES) throw new StorageFull();
}

/** PostgreSQL's code for a full disk, and the two of the operating system. */
const FULL: readonly unknown[] = ['53100', 'ENOSPC', 'EDQUOT'];

/**
 * Whether an error, or one that it wraps, says that the database's disk is full. If so, `readyz` reports it for a
 * minute.
 */
export function isStorageFullError(cause: unknown): boolean {
	if (cause instanceof StorageFull) return true;
	if (!(cause instanceof Error)) return false;
	if (!('code' in cause && FULL.includes(cause.code))) return isStorageFullError(cause.cause);
	foundFullAt = now();
	return true;
}

/** For a write that its page can do without: logs the failure, and notes a full disk for `readyz`. */
export const logFailedWrite =
	(message: string) =>
	(err: unknown): void => {
		isStorageFullError(err);
		log().warn({ err }, message);
	};
