import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskStorage, type StoredFile } from './disk.ts';

let root: string;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'spatula-storage-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function listed(): Promise<StoredFile[]> {
	const files: StoredFile[] = [];
	for await (const file of diskStorage(root).list()) files.push(file);
	return files;
}

const keysOf = async () => (await listed()).map((file) => file.key).sort();

describe('files on disk', () => {
	it('are read back unchanged, from folders of two levels', async () => {
		const storage = diskStorage(root);
		const key = crypto.randomUUID();
		const bytes = randomBytes(70_000);
		await storage.put(key, bytes);
		expect(await storage.read(key)).toEqual(bytes);
		expect(await readdir(join(root, key.slice(0, 2), key.slice(2, 4)))).toEqual([key]);
		expect(await readdir(join(root, 'unfinished'))).toEqual([]);
	});

	it('lists all files with size and time', async () => {
		const storage = diskStorage(root);
		expect(await keysOf()).toEqual([]);
		const keys = Array.from({ length: 20 }, () => randomBytes(32).toString('hex'));
		await Promise.all(keys.map((key) => storage.put(key, Buffer.from(key))));
		expect(await keysOf()).toEqual(keys.sort());
		const [first] = await listed();
		expect(first).toMatchObject({ bytes: 64, modifiedAt: expect.any(Date) });
	});

	it('give null after removal, and removing twice is no error', async () => {
		const storage = diskStorage(root);
		const key = crypto.randomUUID();
		expect(await storage.read(key)).toBeNull();
		await storage.put(key, Buffer.from('x'));
		await storage.remove(key);
		await storage.remove(key);
		expect(await storage.read(key)).toBeNull();
		expect(await keysOf()).toEqual([]);
	});

	it('are refused under invalid keys, which could lead out of the folder', async () => {
		const storage = diskStorage(root);
		for (const key of [
			'',
			'..',
			'../../etc/passwd',
			`${crypto.randomUUID()}/..`,
			crypto.randomUUID().toUpperCase(),
			'ab\0cd',
			'abcd'
		]) {
			await expect(storage.put(key, Buffer.from('x')), key).rejects.toThrow(RangeError);
			await expect(storage.read(key), key).rejects.toThrow(RangeError);
			await expect(storage.remove(key), key).rejects.toThrow(RangeError);
		}
	});

	it('that a crash left half written are never listed, and are removed when old', async () => {
		const storage = diskStorage(root);
		await storage.put(crypto.randomUUID(), Buffer.from('x'));
		const [old, young] = [join(root, 'unfinished', crypto.randomUUID()), join(root, 'unfinished', crypto.randomUUID())];
		await writeFile(old, 'half');
		await writeFile(young, 'half');
		await utimes(old, new Date('2026-01-01'), new Date('2026-01-01'));
		expect(await keysOf()).toHaveLength(1);
		await storage.removeUnfinished(new Date('2026-01-02'));
		expect(await readdir(join(root, 'unfinished'))).toHaveLength(1);
	});
});
