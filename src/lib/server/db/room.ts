import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { StorageFull } from '#lib/server/errors.ts';

/**
 * Bytes that must be free before the embedded database is written to. It ends for good when it can't make the next file of
 * its log, which has 16 MB; four of them leave time to make room.
 */
const LEAST_FREE = 64 * 1024 * 1024;
/** How long the last failure of a database on another machine counts as its present state. */
const FULL_FOR_MS = MINUTE_MS;

let foundFullAt: Date | undefined;

export async function hasDatabaseRoom(kind: 'pglite' | 'postgres'): Promise<boolean> {
	if (kind === 'pglite' && (await diskSpace()).free < LEAST_FREE) return false;
	return !foundFullAt || now().getTime() - foundFullAt.getTime() > FULL_FOR_MS;
}

/** @throws StorageFull if the embedded database must not be written to */
export async function requireDatabaseRoom(kind: 'pglite' | 'postgres'): Promise<void> {
	if (kind === 'pglite' && (await diskSpace()).free < LEAST_FREE) throw new StorageFull();
}

/** PostgreSQL's code for a full disk, and the system's own two. */
const FULL: readonly unknown[] = ['53100', 'ENOSPC', 'EDQUOT'];

/** Whether a failure says that the disk of the database is full. `readyz` says so then for a minute. */
export function saysStorageFull(cause: unknown): boolean {
	if (cause instanceof StorageFull) return true;
	if (!(cause instanceof Error)) return false;
	if (!('code' in cause && FULL.includes(cause.code))) return saysStorageFull(cause.cause);
	foundFullAt = now();
	return true;
}
