import { lstat, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { lockFolder, requestFromHolder, serveLockRequest } from './folder-lock.ts';

it('a request that fails ends without a line, and the process that holds the folder goes on', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'lock-'));
	testEnvironment(folder);
	const release = await lockFolder(folder);
	try {
		serveLockRequest('fails', () => Promise.reject(new Error('the page is damaged')));
		serveLockRequest('works', async (send) => send({ done: true }));
		const lines: object[] = [];
		expect(await requestFromHolder(folder, 'fails', (line) => lines.push(line))).toBe(true);
		expect(await requestFromHolder(folder, 'works', (line) => lines.push(line))).toBe(true);
		expect(lines).toEqual([{ done: true }]);
	} finally {
		await release();
		await rm(folder, { recursive: true });
	}
});

it('a socket to which this process may not connect counts as held, and stays', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'lock-'));
	const path = join(folder, 'lock.sock');
	// No permissions stop the root user. A loop of links gives an error that says as little about the holder.
	await symlink('lock.sock', path);
	await expect(lockFolder(folder)).rejects.toThrow(`DATA_DIR ${folder} is in use by another process`);
	expect((await lstat(path)).isSymbolicLink()).toBe(true);
	await rm(folder, { recursive: true });
});
