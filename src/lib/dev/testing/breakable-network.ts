import { connect, createServer, type Socket } from 'node:net';
import { listening } from './local-server.ts';

/**
 * Forwards connections to a database on this machine. `url` leads through the network, and `reset` breaks the open
 * connections as a failing network does.
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
	Object.assign(url, { hostname: '127.0.0.1', port: String(await listening(network)) });
	return {
		url: url.href,
		reset: () => clients.forEach((client) => client.resetAndDestroy()),
		close: () => void network.close()
	};
}
