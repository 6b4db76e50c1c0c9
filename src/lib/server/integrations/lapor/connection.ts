import type { Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';

/** A way to the service that can tell whether a connection had been made when a call failed. */
export interface Connection {
	agent: Agent;
	wasUp(error?: unknown): boolean;
	bytesOut(): number | undefined;
}

const connectorOf = (connectMs: number) => buildConnector({ timeout: connectMs, allowH2: false });

/**
 * A connection for a single call. The connector answers after TCP and, on https, after TLS; that moment, and no later
 * one, decides whether a report may have left.
 */
export function ownConnection(connectMs: number): Connection {
	const connect = connectorOf(connectMs);
	const sockets: Socket[] = [];
	const agent = new Agent({
		connections: 1,
		pipelining: 1,
		allowH2: false,
		connect: (options, callback) =>
			connect(options, (...result) => {
				if (result[0] === null) sockets.push(result[1]);
				callback(...result);
			})
	});
	return {
		agent,
		wasUp: () => sockets.length > 0,
		bytesOut: () => sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0)
	};
}

/** Kept-alive connections for calls that only read. A call that failed while connecting is known by its error. */
export function sharedConnection(connectMs: number): Connection {
	const connect = connectorOf(connectMs);
	const failures = new WeakSet<object>();
	const agent = new Agent({
		connections: 4,
		pipelining: 1,
		allowH2: false,
		connect: (options, callback) =>
			connect(options, (...result) => {
				if (result[0] !== null) failures.add(result[0]);
				callback(...result);
			})
	});
	return {
		agent,
		wasUp: (error) => !(typeof error === 'object' && error !== null && failures.has(error)),
		bytesOut: () => undefined
	};
}
