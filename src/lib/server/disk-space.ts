import { AsyncLocalStorage } from 'node:async_hooks';
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { env } from './env.ts';

/** Bytes of the disk under a folder: `free` for this process, of `size` in all. */
export interface DiskSpace {
	free: number;
	size: number;
}

const told = new AsyncLocalStorage<(folder: string) => DiskSpace>();

/** The room on the disk of a folder; default: where files (and the embedded database) lie. */
export async function diskSpace(folder = env().DATA_DIR): Promise<DiskSpace> {
	const given = told.getStore()?.(folder);
	if (given) return given;
	const { bavail, blocks, bsize } = await spaceAt(folder);
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

/** Runs `work` as if the disk of each folder were as `space` says: for tests of what happens when one is full. */
export function withDiskSpace<T>(space: (folder: string) => DiskSpace, work: () => T): T {
	return told.run(space, work);
}
