import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Lets a server listen on a free port of this machine. @returns the port */
export async function listenOnFreePort(server: Server): Promise<number> {
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return (server.address() as AddressInfo).port;
}

/** Starts a TCP server for one test, for behaviour that an HTTP server does not have. @returns its host and port */
export async function startTcpServer(onSocket: (socket: Socket) => void): Promise<string> {
	const server = createServer((socket) => onSocket(socket.on('error', () => undefined)));
	onTestFinished(() => void server.close());
	return `127.0.0.1:${await listenOnFreePort(server)}`;
}
