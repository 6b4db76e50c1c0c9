import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { atPace, wholeWithin } from './slow-bodies.ts';

type Bound = (request: IncomingMessage, late: () => void) => void;

/** What a server bound so answers to a head, and to parts of a body that come one after the other, `pause` apart. */
async function sent(bound: Bound, parts: readonly string[], pause: number, { reads = true, length = 0 } = {}) {
	const server = createServer((request, response) => {
		bound(request, () => response.writeHead(408, { connection: 'close' }).end());
		if (reads) request.resume().once('end', () => response.end());
		else setTimeout(() => !response.headersSent && response.end(), 600);
	});
	const socket = connect(await listenOnFreePort(server), '127.0.0.1');
	let answer = '';
	socket.on('data', (chunk) => (answer += chunk.toString()));
	socket.on('error', () => {});
	const bytes = length || parts.join('').length;
	socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`);
	for (const part of parts) {
		if (answer) break;
		socket.write(part);
		await sleep(pause);
	}
	for (let waited = 0; !answer && waited < 100; waited += 1) await sleep(20);
	socket.destroy();
	server.close();
	return Number(answer.split(' ')[1]);
}

const whole: Bound = (request, late) => wholeWithin(request, 0.3, late);
const paced =
	(seconds: number): Bound =>
	(request, late) =>
		atPace(request, { seconds, bytesPerSecond: 1000 }, late);
const parts = (bytes: number) => Array.from({ length: 10 }, () => 'x'.repeat(bytes));

/** The answers to requests that are sent at the same time, because most of the time they only wait. */
const answers = (...requests: Promise<number>[]) => Promise.all(requests);

test('a request without files that comes byte by byte is ended in time, however lively its sender', async () => {
	const ended = answers(
		sent(whole, parts(5000), 60),
		sent(whole, parts(1), 60),
		sent(whole, ['x'], 0, { length: 10 }),
		sent((request, late) => wholeWithin(request, 10, late), parts(1), 5)
	);
	expect(await ended).toEqual([408, 408, 408, 200]);
});

test('one that has come is not late because its answer takes time, nor is one without a body', async () => {
	const ended = answers(sent(whole, ['xxx'], 0, { reads: false }), sent(whole, [], 0, { reads: false }));
	expect(await ended).toEqual([200, 200]);
});

test('an upload takes as long as it needs while it comes at a pace, and is ended when it trickles', async () => {
	const ended = answers(
		// Twice as long as the window in which it has to keep its pace. A busy machine can delay a part by half a second.
		sent(paced(1), parts(1000), 200),
		sent(paced(0.3), parts(1), 70),
		// Lively at first, then hardly.
		sent(paced(0.3), [...parts(300).slice(0, 5), ...parts(1)], 70)
	);
	expect(await ended).toEqual([200, 408, 408]);
});
