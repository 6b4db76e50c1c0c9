import { AsyncLocalStorage } from 'node:async_hooks';
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { env } from './env.ts';

/** Bytes of a disk: those that this process may still write, and all. */
export interface DiskSpace {
	free: number;
	size: number;
}

const inventedSpace = new AsyncLocalStorage<(folder: string) => DiskSpace>();

/** The space on the disk of a folder, by default of DATA_DIR. */
export async function diskSpace(folder = env().DATA_DIR): Promise<DiskSpace> {
	const given = inventedSpace.getStore()?.(folder);
	if (given) return given;
	const { bavail, blocks, bsize } = await spaceAt(folder);
	return { free: bavail * bsize, size: blocks * bsize };
}

/** The folder, or the nearest one above it that exists: folders are made with their first file. */
async function spaceAt(folder: string): Promise<StatsFs> {
	try {
		return await statfs(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
		return spaceAt(dirname(folder));
	}
}

/** Runs `work` with invented disk space: for tests of a full disk. */
export function withDiskSpace<T>(space: (folder: string) => DiskSpace, work: () => T): T {
	return inventedSpace.run(space, work);
}
