import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../src/lib/dev/testing/network/free-port.ts';
import { fillDatabase, makeAccount, makeOwnDatabase } from './own-site.ts';
import { startSite, type Site } from './site.ts';

export type TwoSites = Awaited<ReturnType<typeof startTwoSites>>;

/** Passes connections on to the first of `ports` that accepts them. */
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

/** Starts two processes of the site on one PostgreSQL, and a balancer with one address in front of them. */
export async function startTwoSites() {
	const { settings, remove } = await makeOwnDatabase('two');
	const undo: (() => Promise<unknown>)[] = [remove];
	const stop = async () => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	try {
		const people = await fillDatabase(settings, async () => ({
			handler: await makeAccount({ username: 'handler', name: 'Penangan Contoh', roles: ['handler'] }),
			admin: await makeAccount({ username: 'admin', name: 'Administrator Contoh', roles: ['admin'] })
		}));
		const port = await freePort();
		const ports = [await freePort(), await freePort()];
		const origin = `http://127.0.0.1:${port}`;
		const origins = [origin, ...ports.map((one) => `http://127.0.0.1:${one}`)].join(',');
		const sites = await Promise.all(ports.map((one) => startSite({ ...settings, ORIGIN: origins, PORT: String(one) })));
		undo.push(() => Promise.all(sites.map((site) => site.stop())));
		undo.push(await balancer(port, () => ports));
		const databaseUrl = settings.DATABASE_URL;
		return { origin, sites: sites as [Site, Site], people, databaseUrl, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
