import { mkdir, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { StartError } from '../errors.ts';

const inUse = (folder: string) => new StartError(`DATA_DIR ${folder} is in use by a running site`);

function listen(path: string): Promise<Server> {
	return new Promise((done, failed) => {
		const server = createServer((peer) => peer.destroy());
		server.once('error', failed);
		server.listen(path, () => {
			server.unref();
			done(server);
		});
	});
}

function answers(path: string): Promise<boolean> {
	return new Promise((done) => {
		const peer = connect(path);
		peer.once('connect', () => {
			peer.destroy();
			done(true);
		});
		peer.once('error', () => done(false));
	});
}

/** A socket's path may hold about 100 bytes, so the shorter of the absolute and the relative one is used. */
function socketPath(folder: string): string {
	const absolute = join(folder, 'lock.sock');
	const nearby = relative(process.cwd(), absolute);
	return nearby.length < absolute.length ? nearby : absolute;
}

/**
 * Holds `folder` for this process by a listening socket: it dies with the process, however that ends, so nothing stale
 * is ever believed. Two processes in one embedded database would each acknowledge what the other one loses.
 *
 * @returns a function that lets go of the folder
 * @throws StartError where another process holds it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const path = socketPath(folder);
	for (let attempt = 0; attempt < 20; attempt++) {
		try {
			const server = await listen(path);
			return () => new Promise((done) => server.close(() => done()));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
				throw new StartError(`DATA_DIR ${folder} can't be used: ${(error as Error).message}`);
			}
		}
		if (await answers(path)) throw inUse(folder);
		await removeStale(path, folder);
	}
	throw inUse(folder);
}

/** Moves the dead socket aside before deleting it: another opener may have put a live one there meanwhile. */
async function removeStale(path: string, folder: string): Promise<void> {
	const aside = `${path}.${process.pid}`;
	try {
		await rename(path, aside);
	} catch {
		return; // somebody else was faster; the next round looks again
	}
	if (await answers(aside)) {
		await rename(aside, path);
		throw inUse(folder);
	}
	await unlink(aside);
}
