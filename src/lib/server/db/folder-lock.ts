import { mkdir, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from '#lib/server/errors.ts';

const inUse = (folder: string) => new StartError(`DATA_DIR ${folder} is in use by a running site`);

/** Says something to who asked, as one line of JSON. */
type Say = (line: Record<string, unknown>) => void;
const answers = new Map<string, (say: Say) => Promise<void>>();

/**
 * Lets the process that holds a folder do on request what only it can: commands of the same machine's operator come by the
 * lock's own socket, whose folder nobody else may enter.
 */
export function serveLockRequest(request: string, answer: (say: Say) => Promise<void>): void {
	answers.set(request, answer);
}

/** A connection that breaks ends its lines; that it broke is nobody's error. */
const linesOf = (peer: Socket) => createInterface({ input: peer }).on('error', () => {});

/** How long a connection may say nothing: most only look whether somebody is there. */
const SILENCE_MS = 2000;

function attend(peer: Socket): void {
	peer.on('error', () => peer.destroy());
	peer.setTimeout(SILENCE_MS, () => peer.destroy());
	linesOf(peer).once('line', (request) => {
		const answer = answers.get(request);
		if (!answer) return peer.destroy();
		peer.setTimeout(0);
		void answer((line) => peer.write(`${JSON.stringify(line)}\n`)).finally(() => peer.end());
	});
}

/**
 * Asks the process that has `folder` open, and yields its lines.
 *
 * @returns false if nobody holds it; a holder that says nothing doesn't know the request
 */
export async function requestFromHolder(
	folder: string,
	request: string,
	hear: (line: Record<string, unknown>) => void
): Promise<boolean> {
	const path = socketPath(folder);
	if (!(await isHeld(path))) return false;
	await new Promise<void>((done) => {
		const peer = connect(path, () => peer.write(`${request}\n`));
		peer.once('error', () => done());
		linesOf(peer)
			.on('line', (line) => hear(JSON.parse(line) as Record<string, unknown>))
			.once('close', () => done());
	});
	return true;
}

function listen(path: string): Promise<Server> {
	return new Promise((done, failed) => {
		const server = createServer(attend);
		server.once('error', failed);
		server.listen(path, () => {
			server.unref();
			done(server);
		});
	});
}

function isHeld(path: string): Promise<boolean> {
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
 * @throws StartError if another process holds it
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
		if (await isHeld(path)) throw inUse(folder);
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
	if (await isHeld(aside)) {
		await rename(aside, path);
		throw inUse(folder);
	}
	await unlink(aside);
}
