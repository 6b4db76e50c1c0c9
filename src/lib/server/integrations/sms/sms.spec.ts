import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { headersOf, sendSms, valueAt, type SmsGateway } from './gateway.ts';
import { segmentsOf } from './segments.ts';

let seen: { url: string | undefined; headers: IncomingHttpHeaders; body: string };
let reply = { status: 200, body: '{"data":[{"id":77}]}' };
const gatewayServer = createServer((request, response) => {
	let body = '';
	request.on('data', (part: Buffer) => (body += part.toString('utf8')));
	request.on('end', () => {
		seen = { url: request.url, headers: request.headers, body };
		response.writeHead(reply.status, { location: '/elsewhere' }).end(reply.body);
	});
});
const url = `http://127.0.0.1:${await listenOnFreePort(gatewayServer)}/send`;
afterAll(() => void gatewayServer.close());

const TEXT = 'Ada "kabar" & 1+1';
const gateway = (more: Partial<SmsGateway> = {}): SmsGateway => ({
	method: 'POST',
	url,
	headers: 'X-Key: abc',
	body: '{"to":"{to}","message":"{text}"}',
	idPath: 'data.0.id',
	...more
});

test.each<[string, Partial<SmsGateway>, (one: typeof seen) => unknown, unknown]>([
	[
		'JSON',
		{ headers: 'Content-Type: application/json\nX-Key: abc' },
		({ body }) => JSON.parse(body),
		{ to: '+6281', message: TEXT }
	],
	[
		'a form',
		{ headers: 'content-type: application/x-www-form-urlencoded', body: 'to={to}&text={text}' },
		({ body }) => Object.fromEntries(new URLSearchParams(body)),
		{ to: '+6281', text: TEXT }
	],
	[
		'XML',
		{ headers: 'Content-Type: text/xml', body: '<sms to="{to}">{text}</sms>' },
		({ body }) => body,
		'<sms to="+6281">Ada &#34;kabar&#34; &#38; 1+1</sms>'
	],
	['an address', { method: 'GET' }, (one) => one.url, `/send?to=%2B6281&text=${encodeURIComponent(TEXT)}`]
])('hands a message over as %s', async (_, more, read, expected) => {
	reply = { status: 200, body: '{"data":[{"id":77}]}' };
	const query = more.method === 'GET' ? { url: `${url}?to={to}&text={text}` } : {};
	expect(await sendSms(gateway({ ...more, ...query }), '+6281', TEXT)).toEqual({ kind: 'sent', externalId: '77' });
	expect(read(seen)).toEqual(expected);
});

test.each([
	[302, 'refused'],
	[401, 'refused'],
	[429, 'later'],
	[500, 'unknown']
])('the status %d of a gateway is %s', async (status, kind) => {
	reply = { status, body: '' };
	expect(await sendSms(gateway(), '+6281', TEXT)).toMatchObject({ kind });
	expect(seen.url).toBe('/send');
});

test.each([
	['data.0.id', '{"error":"saldo habis"}', { kind: 'unknown', reason: 'no_id' }],
	['data.0.id', 'OK', { kind: 'unknown', reason: 'no_id' }],
	['', 'OK', { kind: 'sent', externalId: '' }]
])('with the path %j of the id, %s with status 200 is %o', async (idPath, body, expected) => {
	reply = { status: 200, body };
	expect(await sendSms(gateway({ idPath }), '+6281', TEXT)).toEqual(expected);
});

test.each(['file:///etc/passwd', 'ftp://example.org', 'http://user:secret@127.0.0.1/', 'javascript:alert(1)', 'x'])(
	'never calls %s',
	async (address) => {
		expect(await sendSms(gateway({ url: address }), '+6281', TEXT)).toEqual({ kind: 'later', reason: 'address' });
	}
);

test('reads values at paths, and headers line by line', () => {
	const json = { a: [{ b: 7 }, { b: ' x ' }], n: null };
	expect(['a.0.b', 'a.1.b', 'a.2.b', 'n', '', 'a.constructor.name'].map((path) => valueAt(json, path))).toEqual([
		'7',
		'x',
		undefined,
		undefined,
		undefined,
		undefined
	]);
	expect(headersOf('A: b\n\n X-Y:c d')).toEqual({ a: 'b', 'x-y': 'c d' });
	expect(headersOf('no colon')).toBeUndefined();
	expect(headersOf('A: b\u00e9')).toBeUndefined();
});

test.each([
	['', 0, 0],
	['Halo', 4, 1],
	['x'.repeat(160), 160, 1],
	['x'.repeat(161), 161, 2],
	['x'.repeat(306), 306, 2],
	['x'.repeat(307), 307, 3],
	['€'.repeat(80), 160, 1],
	// Two places are not split between two parts: 76 signs fit into 153.
	['€'.repeat(153), 306, 3],
	['“kabar”', 7, 1],
	['😀'.repeat(35), 70, 1],
	['😀'.repeat(36), 72, 2]
])('counts the segments of %j', (text, places, segments) => {
	expect(segmentsOf(text)).toEqual({ places, segments });
});
