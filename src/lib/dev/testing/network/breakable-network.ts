import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnFreePort } from './local-server.ts';

/**
 * Forwards connections to a database on this machine. `url` leads through the network, and `reset` breaks the open
 * connections as a failing network does. After `stop`, new ones are refused too, as by a stopped database, until `start`.
 */
export async function breakableNetwork(database: string) {
	const url = new URL(database);
	const port = Number(url.port);
	const clients = new Set<Socket>();
	const network = createServer((client) => {
		const server = connect(port, '127.0.0.1');
		clients.add(client);
		client.on('error', () => {}).once('close', () => clients.delete(client) && server.destroy());
		server.on('error', () => {}).once('close', () => client.destroy());
		client.pipe(server).pipe(client);
	});
	const own = await listenOnFreePort(network);
	Object.assign(url, { hostname: '127.0.0.1', port: String(own) });
	const reset = () => clients.forEach((client) => client.resetAndDestroy());
	return {
		url: url.href,
		reset,
		async stop() {
			reset();
			await once(network.close(), 'close');
		},
		start: () => once(network.listen(own, '127.0.0.1'), 'listening'),
		close: () => void network.close()
	};
}
