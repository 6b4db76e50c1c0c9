import { AsyncLocalStorage } from 'node:async_hooks';
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { env } from './env.ts';

/** Bytes of the disk under DATA_DIR: `free` for this process, of `size` in all. */
export interface DiskSpace {
	free: number;
	size: number;
}

const told = new AsyncLocalStorage<() => DiskSpace>();

/** The room on the disk where files (and the embedded database) lie. The only place that asks the machine for it. */
export async function diskSpace(): Promise<DiskSpace> {
	const given = told.getStore()?.();
	if (given) return given;
	const { bavail, blocks, bsize } = await spaceAt(env().DATA_DIR);
	return { free: bavail * bsize, size: blocks * bsize };
}

/** Before the first file is kept the folder is not there yet: the disk is that of the one above. */
async function spaceAt(folder: string): Promise<StatsFs> {
	try {
		return await statfs(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
		return spaceAt(dirname(folder));
	}
}

/** Runs `work` as if the disk were as `space` says: for tests of what happens when it is full. */
export function withDiskSpace<T>(space: () => DiskSpace, work: () => T): T {
	return told.run(space, work);
}
