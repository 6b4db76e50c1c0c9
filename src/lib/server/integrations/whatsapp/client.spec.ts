import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendMessage } from './client.ts';

let reply = { status: 200, body: '' };
const service = createServer((_, response) => response.writeHead(reply.status).end(reply.body));
let baseUrl = '';
beforeAll(async () => {
	await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
	baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(() => void service.close());

test.each([
	[500, undefined, 'unknown', 'http_500'],
	[503, 100, 'unknown', 'http_503'],
	[500, 1, 'later', 'code_1'],
	[503, 2, 'later', 'code_2'],
	[400, 4, 'later', 'code_4'],
	[500, 131000, 'later', 'code_131000'],
	[500, 131016, 'later', 'code_131016'],
	[500, 131057, 'later', 'code_131057'],
	[400, 131056, 'later', 'code_131056'],
	[429, undefined, 'later', 'http_429'],
	[400, 131026, 'refused', 'undeliverable'],
	[400, 131047, 'refused', 'window_over'],
	[401, undefined, 'refused', 'token'],
	[400, 100, 'refused', 'code_100']
])('the status %d with the error %s is %s', async (status, code, outcome, reason) => {
	reply = { status, body: JSON.stringify(code === undefined ? {} : { error: { code } }) };
	const settings = { baseUrl, version: 'v23.0', phoneNumberId: '12345', token: 'x' };
	expect(await sendMessage(settings, '62812', { kind: 'text', text: 'Kabar' }, 'own')).toEqual({ outcome, reason });
});
