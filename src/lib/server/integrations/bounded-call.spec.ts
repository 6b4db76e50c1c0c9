import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { startTcpServer } from '#lib/dev/testing/network/local-server.ts';
import { boundedCall } from './bounded-call.ts';

const call = (url: string) => boundedCall({ method: 'POST', url, headers: {}, body: '{}', ms: 2000, maxBytes: 1000 });
/** Starts a server that answers each request with this head and body, and records the requests. */
async function answering(head: string, body: Buffer | string = '') {
	const received: string[] = [];
	const host = await startTcpServer((socket) =>
		socket.on('data', (request) => {
			received.push(request.toString());
			const answer = `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
			socket.write(Buffer.concat([Buffer.from(answer), Buffer.from(body)]));
		})
	);
	return { url: `http://${host}/`, received };
}

it.each<[string, 'http' | 'https', boolean, (socket: Socket) => void]>([
	['no TLS', 'https', false, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
	['an end of TLS', 'https', false, (socket) => socket.once('data', () => socket.resetAndDestroy())],
	['an end after the request', 'http', true, (socket) => socket.once('data', () => socket.resetAndDestroy())],
	['no answer', 'http', true, (socket) => socket.resume()]
])(
	'after %s (%s), reports whether the request may have arrived: %s',
	async (_, protocol, hasPossiblyArrived, onSocket) => {
		expect(await call(`${protocol}://${await startTcpServer(onSocket)}/`)).toMatchObject({ hasPossiblyArrived });
	}
);

it.each(['http://127.0.0.1:1/', `http://${'x'.repeat(64)}.invalid/`, 'file:///etc/passwd', 'http://169.254.169.254/'])(
	'does not begin a call to %s',
	async (url) => {
		expect(await call(url)).toMatchObject({ hasPossiblyArrived: false });
	}
);

it('decompresses a body within the limit', async () => {
	const small = await answering('200 OK\r\ncontent-encoding: gzip', gzipSync('{"id":"77"}'));
	expect(await call(small.url)).toMatchObject({ status: 200, json: { id: '77' } });
	const large = await answering('200 OK\r\ncontent-encoding: gzip', gzipSync(JSON.stringify('x'.repeat(5000))));
	expect(await call(large.url)).toEqual({ error: 'too_large', hasPossiblyArrived: true });
});

it('sends its name, closes the connection, and returns the wait that the server asks for', async () => {
	const { url, received } = await answering('429 Too Many Requests\r\nretry-after: 120');
	expect(await call(url)).toMatchObject({ status: 429, retryAfterMs: 120_000 });
	expect(received.join()).toMatch(/\r\nuser-agent: SPATULA\r\n/);
	expect(received.join()).toMatch(/\r\nconnection: close\r\n/);
});
