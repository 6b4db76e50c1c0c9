import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '../clock.ts';
import { env } from '../env.ts';
import { diskStorage } from '../integrations/storage/disk.ts';

let opened: { root: string; storage: ReturnType<typeof diskStorage> } | undefined;

const root = () => join(env().DATA_DIR, 'files');

/** Where cleaned files lie: below DATA_DIR, under names that say nothing. */
export function fileStore(): ReturnType<typeof diskStorage> {
	if (opened?.root !== root()) opened = { root: root(), storage: holdingRemovals(diskStorage(root())) };
	return opened.storage;
}

const HELD = 'files.held';
/** Whoever holds removals says so anew each half minute; one that died holds them no longer than this. */
const HELD_MS = 5 * 60_000;
const RENEW_MS = 30_000;

const heldMark = () => join(env().DATA_DIR, HELD);

async function removalsHeld(): Promise<boolean> {
	const mark = await stat(heldMark()).catch(() => undefined);
	return mark !== undefined && now().getTime() - mark.mtimeMs < HELD_MS;
}

/** A file that should go while removals are held stays without a row, and the nightly sweep finds it. */
function holdingRemovals(storage: ReturnType<typeof diskStorage>): ReturnType<typeof diskStorage> {
	const remove = async (key: string) => {
		if (!(await removalsHeld())) await storage.remove(key);
	};
	return { ...storage, remove };
}

/**
 * From now until the returned function is called no file is removed, by any process on this folder. Rows are deleted
 * before their files, so whoever reads the rows after this call finds the file of each.
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
