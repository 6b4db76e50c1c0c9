import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';

const PROGRAM = ['--preserve-symlinks', '--preserve-symlinks-main', 'src/http-server.ts'];
let program: string;
beforeEach(async () => {
	program = await mkdtemp(join(tmpdir(), 'spatula-program-'));
	for (const part of ['src', 'node_modules', 'package.json']) await symlink(resolve(part), join(program, part));
	await mkdir(join(program, 'build'));
});
afterEach(() => rm(program, { recursive: true }));

const build = (handler: string) => writeFile(join(program, 'build', 'handler.js'), handler);
const settings = (port: number) => ({
	APP_KEY: randomBytes(32).toString('base64'),
	DATA_DIR: join(program, 'data'),
	HOST: '127.0.0.1',
	PORT: String(port),
	ORIGIN: 'https://spatula.contoh',
	TRUST_PROXY: '1'
});

test('a port in use ends the start before the build loads, which would start jobs', async () => {
	const taken = createServer();
	const port = await listenOnFreePort(taken);
	try {
		await build(`process.stdout.write('the build loads'); export const handler = 1`);
		const ended = spawnSync(process.execPath, PROGRAM, { cwd: program, encoding: 'utf8', env: settings(port) });
		expect(ended.stderr).toMatch(new RegExp(`^spatula: can't listen on 127.0.0.1:${port}: listen EADDRINUSE.*\n$`));
		expect(ended).toMatchObject({ status: 1, stdout: '' });
	} finally {
		taken.close();
	}
});

test('reads only a few slow large webhook calls at the same time, and small ones never wait for them', async () => {
	await build(`
		let reading = 0;
		export const handler = (request, response) => {
			if (request.url === '/reading') return response.end(String(reading));
			reading++;
			response.once('close', () => reading--);
			request.resume().once('end', () => response.end('ok'));
		};
	`);
	const port = await freePort();
	const site = spawn(process.execPath, PROGRAM, { cwd: program, env: settings(port) });
	const sent: ClientRequest[] = [];
	/** Sends a call without the last byte of its body. */
	const call = (bytes: number, sender: string) => {
		const headers = { 'content-type': 'application/json', 'content-length': bytes, 'x-forwarded-for': sender };
		const begun = request({ port, method: 'POST', path: '/api/hooks/whatsapp', headers, agent: false });
		sent.push(begun.on('error', () => undefined));
		begun.write('x'.repeat(bytes - 1));
		return {
			begun,
			response: new Promise<IncomingMessage>((done) => begun.once('response', (response) => done(response.resume())))
		};
	};
	const reading = async () => Number(await (await fetch(`http://127.0.0.1:${port}/reading`)).text());
	try {
		await once(site.stdout, 'data');
		const slow = new Set(Array.from({ length: 40 }, (_, n) => call(100_000, `198.51.100.${n % 20}`)));
		const refusals: unknown[] = [];
		for (const one of slow)
			void one.response.then(({ statusCode, headers }) => {
				slow.delete(one);
				refusals.push([statusCode, headers['retry-after']]);
			});
		await expect.poll(() => refusals).toEqual(Array(24).fill([503, '120']));
		expect(await reading()).toBe(16);

		const small = call(60_000, '203.0.113.1');
		small.begun.end('x');
		expect((await small.response).statusCode).toBe(200);

		const [first = small] = slow;
		first.begun.end('x');
		expect((await first.response).statusCode).toBe(200);
		const honest = call(100_000, '203.0.113.1');
		honest.begun.end('x');
		expect((await honest.response).statusCode).toBe(200);

		for (const { begun } of slow) begun.destroy();
		await expect.poll(reading).toBe(0);
		const ofOne = Array.from({ length: 5 }, () => call(100_000, '203.0.113.9'));
		expect((await Promise.race(ofOne.map(({ response }) => response))).statusCode).toBe(503);
		expect(await reading()).toBe(4);
	} finally {
		for (const begun of sent) begun.destroy();
		site.kill('SIGKILL');
		await once(site, 'exit');
	}
});

test('a body is refused before it is read in Indonesian, or in English as the address says', async () => {
	await build('export const handler = (request, response) => response.end()');
	const port = await freePort();
	const site = spawn(process.execPath, PROGRAM, { cwd: program, env: settings(port) });
	const refusal = async (query: string, accept: string) => {
		const headers = { 'content-type': 'application/json', accept };
		const body = 'x'.repeat(70_000);
		return (await fetch(`http://127.0.0.1:${port}/api/v1/cases${query}`, { method: 'POST', headers, body })).text();
	};
	try {
		await once(site.stdout, 'data');
		const id = 'Kiriman ini terlalu besar (paling besar 64 kB). Kurangi teks atau berkasnya, lalu kirim lagi.';
		const en = 'This is too large to send (at most 64 kB). Shorten the text or remove files, then send it again.';
		expect(JSON.parse(await refusal('', '*/*'))).toMatchObject({ status: 413, detail: id });
		expect(JSON.parse(await refusal('?lang=en', '*/*'))).toMatchObject({ status: 413, detail: en });
		const page = await refusal('', 'text/html');
		expect(page).toContain(`<h1>${id}</h1><p lang="en">${en}</p>`);
	} finally {
		site.kill('SIGKILL');
		await once(site, 'exit');
	}
});

test('a stopped site exits soon after its last response, although a proxy keeps the connection', async () => {
	await build(`export const handler = (request, response) => {
		response.writeHead(200, { 'content-length': 2 }).write('o');
		setTimeout(() => response.end('k'), 1000);
	}`);
	const port = await freePort();
	const site = spawn(process.execPath, PROGRAM, { cwd: program, env: settings(port) });
	const agent = new Agent({ keepAlive: true });
	try {
		await once(site.stdout, 'data');
		const [response] = (await once(request({ port, agent }).end(), 'response')) as [IncomingMessage];
		site.kill('SIGTERM');
		const began = performance.now();
		expect(await text(response)).toBe('ok');
		expect(await once(site, 'exit')).toEqual([0, null]);
		expect(performance.now() - began).toBeLessThan(15_000);
	} finally {
		agent.destroy();
		site.kill('SIGKILL');
	}
});
