import { createServer } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { fetchMedia, sendMessage } from './client.ts';

let reply = { status: 200, body: '' };
let asked: unknown;
const service = createServer((request, response) => {
	let body = '';
	request.on('data', (part: Buffer) => (body += part.toString('utf8')));
	request.on('end', () => {
		asked = body && JSON.parse(body);
		response.writeHead(reply.status, { 'retry-after': '60' }).end(reply.body);
	});
});
const settings = () => ({ baseUrl, version: 'v23.0', phoneNumberId: '12345', token: 'x' });
const send = (to: string) => sendMessage(settings(), to, { kind: 'text', text: 'Kabar' }, 'own');
const baseUrl = `http://127.0.0.1:${await listenOnFreePort(service)}`;
afterAll(() => void service.close());

test.each([
	[500, undefined, 'unknown', 'http_500'],
	[503, 100, 'unknown', 'http_503'],
	[500, 1, 'unknown', 'http_500'],
	[503, 2, 'unknown', 'http_503'],
	[400, 4, 'later', 'code_4'],
	[500, 131000, 'later', 'code_131000'],
	[500, 131016, 'later', 'code_131016'],
	[500, 131057, 'later', 'code_131057'],
	[400, 131056, 'later', 'code_131056'],
	[400, 130429, 'later', 'code_130429'],
	[400, 80007, 'later', 'code_80007'],
	[429, undefined, 'later', 'http_429'],
	[400, 131026, 'refused', 'undeliverable'],
	[400, 131047, 'refused', 'window_over'],
	[401, undefined, 'refused', 'token'],
	[400, 190, 'refused', 'token'],
	[404, undefined, 'refused', 'code_404'],
	[400, 132001, 'refused', 'code_132001'],
	[400, 100, 'refused', 'code_100']
])('the status %d with the error %s is %s', async (status, code, kind, reason) => {
	reply = { status, body: JSON.stringify(code === undefined ? {} : { error: { code } }) };
	expect(await send('62812')).toEqual({ kind, reason, ...(kind === 'later' && { retryAfterMs: 60_000 }) });
});

test.each([
	['an empty page', 200, ''],
	['no id', 200, '{"messages":[]}'],
	['an error page of a proxy', 502, '<html>'],
	['a redirect', 302, ''],
	['an endless answer', 200, 'x'.repeat(400_000)]
])('after %s a message may have been taken', async (_, status, body) => {
	reply = { status, body };
	expect(await send('62812')).toMatchObject({ kind: 'unknown' });
});

test.each([
	[400, 100, 'expired'],
	[404, undefined, 'expired'],
	[401, 190, 'token'],
	[400, 190, 'token'],
	[403, undefined, 'token'],
	[400, 10, 'token'],
	[400, 4, 'unreachable'],
	[429, undefined, 'unreachable'],
	[503, undefined, 'unreachable'],
	[302, undefined, 'unreachable'],
	[200, undefined, 'unreachable']
])('a file for which the service answers %d with the error %s is %s', async (status, code, missing) => {
	reply = { status, body: JSON.stringify(code === undefined ? {} : { error: { code } }) };
	expect(await fetchMedia(settings(), '77', 1000)).toEqual({ missing });
});

test('a number is sent as "to", the user id of a person who hides it as "recipient"', async () => {
	reply = { status: 200, body: '{"messages":[{"id":"wamid.1"}]}' };
	expect(await send('+62812')).toEqual({ kind: 'sent', externalId: 'wamid.1' });
	expect(asked).toMatchObject({ to: '+62812' });
	expect(asked).not.toHaveProperty('recipient');
	await send('ID.13491208655302741918');
	expect(asked).toMatchObject({ recipient_type: 'individual', recipient: 'ID.13491208655302741918' });
	expect(asked).not.toHaveProperty('to');
});
