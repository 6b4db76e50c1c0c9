import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { toWebStream } from './web-stream.ts';

const CHUNK = Buffer.alloc(9000, 'x');

test('every byte arrives, in order, as plain bytes', async () => {
	const sent = Array.from({ length: 50 }, (_, at) => randomBytes(at * 997 + 1));
	const body = toWebStream(Readable.from(sent, { objectMode: false }));
	const got: Uint8Array[] = [];
	for await (const chunk of body) got.push(chunk);
	expect(Buffer.concat(got)).toEqual(Buffer.concat(sent));
	expect(got.every((chunk) => chunk.constructor === Uint8Array)).toBe(true);
	expect(Buffer.from(await new Response(toWebStream(Readable.from([]))).arrayBuffer())).toHaveLength(0);
});

test('nothing is read ahead of who asks', async () => {
	let made = 0;
	const source = new Readable({ highWaterMark: 1, read: () => void source.push(`${made++}`) });
	const reader = toWebStream(source).getReader();
	await sleep(20);
	expect(made).toBe(0);
	for (let asked = 0; asked < 3; asked += 1) await reader.read();
	await sleep(20);
	expect(made).toBeLessThan(8);
	await reader.cancel();
});

test('a response whose source breaks off fails, whenever it breaks', async () => {
	const broken = new Error('the disk is gone');
	const early = new PassThrough();
	const body = toWebStream(early);
	early.destroy(broken);
	await sleep(5);
	await expect(new Response(body).text()).rejects.toThrow('the disk is gone');

	const late = new PassThrough();
	const reader = toWebStream(late).getReader();
	late.write(CHUNK);
	await reader.read();
	const next = reader.read();
	late.destroy(broken);
	await expect(next).rejects.toThrow('the disk is gone');

	const silent = new PassThrough();
	const read = new Response(toWebStream(silent)).text();
	silent.write(CHUNK);
	silent.destroy();
	await expect(read).rejects.toThrow();
});

// With Readable.toWeb this ends the process: the pending reading wakes a readable that has been closed meanwhile.
test('a reader that goes away between two readings ends the readable, and nothing else', async () => {
	const uncaught: unknown[] = [];
	const heard = (cause: unknown) => void uncaught.push(cause);
	process.on('uncaughtException', heard);
	try {
		const source = new PassThrough();
		const reader = toWebStream(source).getReader();
		for (let turn = 0; turn < 20; turn += 1) {
			await Promise.race([reader.read(), sleep(20)]);
			source.write(CHUNK);
			source.write(CHUNK);
		}
		const closed = once(source, 'close');
		const pending = [reader.read(), reader.read()];
		await reader.cancel();
		await closed;
		expect(await Promise.all(pending)).toEqual([
			{ done: true, value: undefined },
			{ done: true, value: undefined }
		]);
		await sleep(20);
	} finally {
		process.off('uncaughtException', heard);
	}
	expect(uncaught).toEqual([]);
});

test('a reader that goes away while nothing comes is not waited for', async () => {
	const source = new PassThrough();
	const reader = toWebStream(source).getReader();
	const pending = reader.read();
	await reader.cancel();
	expect(await pending).toEqual({ done: true, value: undefined });
	expect(source.destroyed).toBe(true);
});
