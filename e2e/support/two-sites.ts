import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startPostgres } from '../../src/lib/server/testing/postgres-server.ts';
import { TEST_KEY, startSite, type Site } from './site.ts';

const run = promisify(execFile);

export interface Person {
	username: string;
	password: string;
	name: string;
}

/** Two processes of the site on one PostgreSQL, and before them one address, as an office has it. */
export interface TwoSites {
	/** Where browsers go: whichever process is up answers. */
	origin: string;
	sites: [Site, Site];
	people: { handler: Person; supervisor: Person };
	stop: () => Promise<void>;
}

async function makePerson(settings: Record<string, string>, name: string, role: string): Promise<Person> {
	const username = role;
	const flags = ['--username', username, '--name', name, '--unit', '7600', '--role', role, '--password'];
	const { stdout } = await run(process.execPath, ['scripts/user-create.ts', ...flags], {
		env: {
			PATH: process.env.PATH ?? '',
			APP_KEY: TEST_KEY,
			ORIGIN: 'http://127.0.0.1',
			LOG_LEVEL: 'silent',
			...settings
		}
	});
	return { username, name, password: /^password\s+(\S+)$/m.exec(stdout)?.[1] ?? '' };
}

/** Passes connections on to the first of `ports` that takes them. */
async function balancer(port: number, ports: () => readonly number[]): Promise<() => Promise<void>> {
	const open = new Set<Socket>();
	const server = createServer((client) => {
		open.add(client);
		client.once('close', () => open.delete(client));
		const pass = ([first, ...rest]: readonly number[]) => {
			if (first === undefined) return client.destroy();
			const site = connect(first, '127.0.0.1');
			let through = false;
			site.once('connect', () => {
				through = true;
				client.pipe(site).pipe(client);
			});
			site.on('error', () => (through ? client.destroy() : pass(rest)));
			site.once('close', () => through && client.destroy());
			client.on('error', () => site.destroy());
			client.once('close', () => site.destroy());
		};
		pass(ports());
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return async () => {
		server.close();
		for (const socket of open) socket.destroy();
	};
}

/** Brings all of it up. */
export async function startTwoSites(): Promise<TwoSites> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-two-'));
	await chmod(folder, 0o755);
	const server = await startPostgres(join(folder, 'postgres'));
	const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true }), server.stop];
	const stop = async () => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	try {
		const settings = { DATA_DIR: join(folder, 'data'), DATABASE_URL: server.url };
		const handler = await makePerson(settings, 'Pengelola Contoh', 'handler');
		const supervisor = await makePerson(settings, 'Penyelia Contoh', 'supervisor');
		const port = await freePort();
		const ports = [await freePort(), await freePort()];
		const origin = `http://127.0.0.1:${port}`;
		const origins = [origin, ...ports.map((one) => `http://127.0.0.1:${one}`)].join(',');
		const sites = await Promise.all(
			ports.map((one) => startSite({ ...settings, LIMITS: 'off', ORIGIN: origins }, one))
		);
		undo.push(() => Promise.all(sites.map((site) => site.stop())));
		undo.push(await balancer(port, () => ports));
		return { origin, sites: sites as [Site, Site], people: { handler, supervisor }, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
