import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { diskStorage } from '#lib/server/integrations/storage/disk.ts';

let opened: { root: string; storage: ReturnType<typeof diskStorage> } | undefined;

const root = () => join(env().DATA_DIR, 'files');

/** Storage of cleaned files in DATA_DIR. Their names are random. */
export function fileStore(): ReturnType<typeof diskStorage> {
	if (opened?.root !== root()) opened = { root: root(), storage: holdingRemovals(diskStorage(root())) };
	return opened.storage;
}

const HELD = 'files.held';
/** The mark of a process that postpones deletions expires after this, unless the process renews it. */
const HELD_MS = 5 * 60_000;
const RENEW_MS = 30_000;

const heldMark = () => join(env().DATA_DIR, HELD);

async function removalsHeld(): Promise<boolean> {
	const mark = await stat(heldMark()).catch(() => undefined);
	return mark !== undefined && now().getTime() - mark.mtimeMs < HELD_MS;
}

/** While deletions are postponed, a file without a row stays, and the nightly sweep deletes it later. */
function holdingRemovals(storage: ReturnType<typeof diskStorage>): ReturnType<typeof diskStorage> {
	const remove = async (key: string) => {
		if (!(await removalsHeld())) await storage.remove(key);
	};
	return { ...storage, remove };
}

/**
 * Prevents every process on this folder from deleting files until the returned function is called. Rows are deleted before
 * their files, so each row read after this call has its file.
 */
export async function holdRemovals(): Promise<() => Promise<void>> {
	await mkdir(env().DATA_DIR, { recursive: true, mode: 0o700 });
	await writeFile(heldMark(), '');
	const renewing = setInterval(() => void utimes(heldMark(), now(), now()).catch(() => {}), RENEW_MS);
	renewing.unref();
	return async () => {
		clearInterval(renewing);
		await rm(heldMark(), { force: true });
	};
}
