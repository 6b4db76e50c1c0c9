import { access, constants, mkdir, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from '#lib/server/errors.ts';
import { log } from '#lib/server/log.ts';

const inUse = (folder: string) =>
	new StartError(
		`DATA_DIR ${folder} is in use by another process, the site or one of its commands: stop it or wait until it ends`
	);
const unusable = (folder: string, error: unknown, setting = 'DATA_DIR') =>
	new StartError(`${setting} ${folder} can't be used: ${(error as Error).message}`);

/** The folders of files in DATA_DIR: those of reports, and those that are arriving. */
export const FILE_FOLDERS = ['files', 'incoming'];

/** Creates a folder if it is missing, and checks that it can be written. @throws StartError that names the setting */
export async function usableFolder(folder: string, setting?: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await access(folder, constants.W_OK | constants.X_OK);
	} catch (error) {
		throw unusable(folder, error, setting);
	}
}

/** Sends one line of JSON to the process that made the request. */
type Send = (line: Record<string, unknown>) => void;
const handlers = new Map<string, (send: Send) => Promise<void>>();

/**
 * Registers a handler for requests to the process that holds the folder. Commands of the operator on the same machine
 * send them through the lock's socket. No other user can enter its folder.
 */
export function serveLockRequest(request: string, handler: (send: Send) => Promise<void>): void {
	handlers.set(request, handler);
}

/** Lines of a connection. A broken connection ends them without an error. */
const linesOf = (connection: Socket) => createInterface({ input: connection }).on('error', () => {});

/** Connections without a request are closed after this. Most only check whether the folder is held. */
const SILENCE_MS = 2000;

function onConnection(connection: Socket): void {
	connection.on('error', () => connection.destroy());
	connection.setTimeout(SILENCE_MS, () => connection.destroy());
	linesOf(connection).once('line', (request) => {
		const handler = handlers.get(request);
		if (!handler) return connection.destroy();
		connection.setTimeout(0);
		void handler((line) => connection.write(`${JSON.stringify(line)}\n`))
			.catch((error: unknown) => log().error({ err: error }, `the request ${request} of a command failed`))
			.finally(() => connection.end());
	});
}

/**
 * Sends a request to the process that has `folder` open, and calls `onLine` for each line of the response.
 *
 * @returns false if no process holds the folder. A process that doesn't know the request closes the connection without
 *   a line.
 */
export async function requestFromHolder(
	folder: string,
	request: string,
	onLine: (line: Record<string, unknown>) => void
): Promise<boolean> {
	const path = socketPath(folder);
	if (!(await isHeld(path))) return false;
	await new Promise<void>((done) => {
		const connection = connect(path, () => connection.write(`${request}\n`));
		connection.once('error', () => done());
		linesOf(connection)
			.on('line', (line) => onLine(JSON.parse(line) as Record<string, unknown>))
			.once('close', () => done());
	});
	return true;
}

function listen(path: string): Promise<Server> {
	return new Promise((done, failed) => {
		const server = createServer(onConnection);
		server.once('error', failed);
		server.listen(path, () => {
			server.unref();
			done(server);
		});
	});
}

/** Errors of `connect` that show that no process listens: its socket is gone or dead, or there can't be one. */
const NOT_HELD: readonly unknown[] = ['ECONNREFUSED', 'ENOENT', 'ENOTDIR', 'EINVAL'];

function isHeld(path: string): Promise<boolean> {
	return new Promise((done) => {
		const connection = connect(path);
		connection.once('connect', () => {
			connection.destroy();
			done(true);
		});
		connection.once('error', ({ code }: NodeJS.ErrnoException) => done(!NOT_HELD.includes(code)));
	});
}

/** A socket's path is limited to about 100 bytes, so the shorter of the absolute and the relative path is used. */
function socketPath(folder: string): string {
	const absolute = join(folder, 'lock.sock');
	const nearby = relative(process.cwd(), absolute);
	return nearby.length < absolute.length ? nearby : absolute;
}

/**
 * Locks `folder` for this process with a listening socket. The socket dies with the process, so a stale lock is never
 * mistaken for a live one. Two processes on one embedded database would overwrite each other's acknowledged writes.
 *
 * @returns a function that unlocks the folder
 * @throws StartError if another process holds it or it can't be written
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
	await usableFolder(folder);
	const path = socketPath(folder);
	for (let attempt = 0; attempt < 20; attempt++) {
		try {
			const server = await listen(path);
			return () => new Promise((done) => server.close(() => done()));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
				throw unusable(folder, error);
			}
		}
		if (await isHeld(path)) throw inUse(folder);
		await removeStale(path, folder);
	}
	throw inUse(folder);
}

/**
 * Renames the dead socket before deleting it, because another process may have replaced it with a live one meanwhile.
 */
async function removeStale(path: string, folder: string): Promise<void> {
	const renamed = `${path}.${process.pid}`;
	try {
		await rename(path, renamed);
	} catch {
		return; // another process was faster; the next attempt checks again
	}
	if (await isHeld(renamed)) {
		await rename(renamed, path);
		throw inUse(folder);
	}
	await unlink(renamed);
}
