import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { UUID_SOURCE } from '#lib/text/uuid.ts';

/** A key is a UUID, or 32 to 64 hexadecimal digits. */
export const FILE_KEY = new RegExp(`^([0-9a-f]{32,64}|${UUID_SOURCE})$`);
const FOLDER = /^[0-9a-f]{2}$/;
const UNFINISHED = 'unfinished';

/**
 * Files under `root`, in folders by the first and second pair of the key's digits (`ab/cd/abcd…`), so that no folder grows
 * large. A file gets its name only when it is complete and on the disk. A file that a crash left half written stays in
 * `unfinished` until `removeUnfinished`.
 */
export function diskStorage(root: string): Storage & { removeUnfinished(before: Date): Promise<void> } {
	const pathOf = (key: string) => {
		if (!FILE_KEY.test(key)) throw new RangeError('not a key of the file store');
		return join(root, key.slice(0, 2), key.slice(2, 4), key);
	};
	const unfinished = join(root, UNFINISHED);
	const durableFolders = new Set<string>();

	return {
		async put(key, bytes) {
			const path = pathOf(key);
			await mkdir(unfinished, { recursive: true });
			await mkdir(dirname(path), { recursive: true });
			const temporary = join(unfinished, crypto.randomUUID());
			try {
				await writeDurably(temporary, bytes);
				await rename(temporary, path);
			} catch (error) {
				await rm(temporary, { force: true });
				throw error;
			}
			await syncFolder(dirname(path));
			if (durableFolders.has(dirname(path))) return;
			// A folder is durable only once its parents are. Done once per folder and process.
			for (const parent of [dirname(dirname(path)), root, dirname(root)]) await syncFolder(parent);
			durableFolders.add(dirname(path));
		},

		async read(key) {
			return nullIfMissing(readFile(pathOf(key)));
		},

		async open(key) {
			const file = await nullIfMissing(open(pathOf(key), 'r'));
			if (!file) return null;
			const { size } = await file.stat();
			return { bytes: size, content: file.createReadStream({ highWaterMark: 256 * 1024 }) };
		},

		async remove(key) {
			await rm(pathOf(key), { force: true });
		},

		async *list() {
			for (const outer of await names(root)) {
				if (!FOLDER.test(outer)) continue;
				for (const inner of await names(join(root, outer))) {
					for (const key of await names(join(root, outer, inner))) {
						const file = FILE_KEY.test(key) && (await fileAt(join(root, outer, inner, key), key));
						if (file) yield file;
					}
				}
			}
		},

		async removeUnfinished(before) {
			for (const name of await names(unfinished)) {
				const file = await fileAt(join(unfinished, name), name);
				if (!file || file.modifiedAt >= before) continue;
				await rm(join(unfinished, name), { force: true });
			}
		}
	};
}

async function writeDurably(path: string, bytes: Content): Promise<void> {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.writeFile(bytes);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** Syncs the folder to the disk, so that a rename in it survives a power cut. */
export async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	await folder.sync().finally(() => folder.close());
}

async function fileAt(path: string, key: string): Promise<StoredFile | null> {
	const stats = await nullIfMissing(stat(path));
	return stats?.isFile() ? { key, bytes: stats.size, modifiedAt: stats.mtime } : null;
}

async function names(folder: string): Promise<string[]> {
	return (await nullIfMissing(readdir(folder))) ?? [];
}

/** The result of `work`; null if the file is missing, also if it was removed between listing and reading. */
async function nullIfMissing<T>(work: Promise<T>): Promise<T | null> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
		throw error;
	}
}

/**
 * Storage for the bytes of files. A key is a UUID or 32 to 64 hexadecimal digits. The caller chooses it and never uses it
 * for other bytes.
 */
export type Storage = {
	/** Returns when the bytes would survive a power cut. */
	put(key: string, bytes: Content): Promise<void>;
	read(key: string): Promise<Buffer | null>;
	/** Opens a file that may be too large for memory: its size, and a stream that the caller must read to its end or destroy. */
	open(key: string): Promise<{ bytes: number; content: Readable } | null>;
	/** Does nothing if the file does not exist. */
	remove(key: string): Promise<void>;
	list(): AsyncIterable<StoredFile>;
};
type Content = Uint8Array | AsyncIterable<Uint8Array>;
export type StoredFile = { key: string; bytes: number; modifiedAt: Date };
