import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request on its way to LAPOR, to be spoiled. */
export interface OnTheWire {
	path: string;
	headers: IncomingHttpHeaders;
	/** The body where it is JSON. */
	json?: Record<string, unknown>;
}

/** A wire between a site and the sandbox that carries everything faithfully until it is told how to spoil it. */
export interface BentWire {
	url: string;
	/** Changes each request in place from now on; nothing: carries it as it is. */
	bend: (how?: (call: OnTheWire) => void) => void;
	close: () => Promise<void>;
}

/** Opens a wire to `target` on a free loopback port. Where the other end breaks off, so does this one. */
export async function openBentWire(target: string): Promise<BentWire> {
	let spoil: ((call: OnTheWire) => void) | undefined;
	const server: Server = createServer((incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			let body = Buffer.concat(chunks);
			const isJson = /^application\/json/.test(incoming.headers['content-type'] ?? '') && body.length > 0;
			const call: OnTheWire = {
				path: incoming.url ?? '/',
				headers: { ...incoming.headers },
				...(isJson ? { json: JSON.parse(body.toString()) as Record<string, unknown> } : {})
			};
			spoil?.(call);
			if (call.json) body = Buffer.from(JSON.stringify(call.json));
			const { 'transfer-encoding': _chunked, ...headers } = call.headers;
			const onward = request(new URL(call.path, target), {
				method: incoming.method,
				headers: { ...headers, host: new URL(target).host, 'content-length': body.length }
			});
			onward.on('response', (answer) => {
				outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.on('error', () => outgoing.destroy());
				answer.pipe(outgoing);
			});
			onward.on('error', () => incoming.socket.destroy());
			onward.end(body);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		bend: (how) => (spoil = how),
		close: async () => {
			const closed = new Promise<void>((done) => server.close(() => done()));
			server.closeAllConnections();
			await closed;
		}
	};
}
