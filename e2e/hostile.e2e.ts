import { submit } from '../scripts/site/client.ts';
import { report } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import { api } from './support/site.ts';
import { CORE, expect, test } from './support/test.ts';

const BODY = 'Laporan dari uji masukan yang tidak wajar.';
const complaint = (changes: Record<string, unknown> = {}) => report({ body: BODY, ...changes });

test('characters that no database stores are dropped or give NotFound, never a 5xx', { tag: CORE }, async () => {
	const { origin } = running();
	const sent = await api(origin, '/cases', {
		body: complaint({ body: 'Laporan\0 dengan tanda\0 yang aneh di dalamnya.' })
	});
	expect(sent.status).toBe(201);
	const fields = {
		body: 'Saran dengan tanda \0 di tengah kalimatnya.',
		identity: 'none',
		submission_id: crypto.randomUUID()
	};
	const form = await submit(origin, '/mamuju/saran', fields);
	expect(form.status).toBe(303);
	for (const path of ['/%00', '/mamuju%00', '/q/%00', '/login?next=%00']) {
		expect((await fetch(`${origin}${path}`)).status, path).toBe(404);
	}
	for (const [method, path] of [
		['POST', '/%ff'],
		['GET', '/%ff?/constructor'],
		['GET', '/%00%ff'],
		['DELETE', '/api/%c0%ae']
	] as const) {
		const response = await fetch(`${origin}${path}`, { method });
		expect(response.status, path).toBe(400);
		const type = path.startsWith('/api/') ? 'application/problem+json' : 'text/plain';
		expect(response.headers.get('content-type'), path).toBe(type);
	}
	const search = await api(origin, '/cases?q=%00');
	expect(search.status).toBe(404);
	expect(search.body.status).toBe(404);
});

test('values out of range are refused with their field', { tag: CORE }, async () => {
	const { origin } = running();
	for (const [field, value] of [
		['place', '-'.repeat(36)],
		['incident_on', '0000-01-01'],
		['incident_on', '2199-01-01'],
		['received_at', '0000-01-01T00:00:00Z'],
		['received_at', '1900-01-01T00:00:00Z'],
		['officer', 'not-an-id'],
		['body', ['a', 'list']],
		['identity', 'somebody']
	] as const) {
		const { status, body } = await api(origin, '/cases', { body: complaint({ [field]: value }) });
		expect(status, `${field}: ${JSON.stringify(value)}`).toBe(422);
		expect((body.errors as { path: string; code: string }[])[0]).toMatchObject({
			path: field,
			code: expect.stringMatching(/^[a-z_]+$/)
		});
	}
	for (const body of [null, [], 'x']) expect((await api(origin, '/cases', { body })).status).toBe(422);
	const { body } = await api(origin, '/cases', { body: complaint() });
	const stale = await api(origin, `/cases/${String(body.reference)}/verification`, {
		body: { category: 'time', class: 'plain', version: 2_000_000_000 }
	});
	expect(stale.status).toBe(409);
	for (const cursor of ['-~99999999999999999999999', '1~1', '2026~5', '%2B275760-09-13T00:00:00.000Z~5', 'x']) {
		expect((await api(origin, `/cases?cursor=${cursor}`)).status, cursor).toBe(422);
	}
});

test('an invalid range of a file is ignored', { tag: CORE }, async () => {
	const { origin } = running();
	for (const range of ['bytes=5-2', 'bytes=0-18446744073709551615', 'bytes=-', 'bytes=x-y']) {
		expect((await fetch(`${origin}/favicon.svg`, { headers: { range } })).status, range).toBe(200);
	}
});

test('a body that is no form gets a message', { tag: CORE }, async () => {
	const { origin } = running();
	const headers = { origin, 'content-type': 'multipart/form-data; boundary=x' };
	for (const path of ['/login', '/mamuju/pengaduan', '/lacak']) {
		const { status } = await fetch(`${origin}${path}`, { method: 'POST', headers, body: 'zz' });
		expect(status, path).toBe(422);
	}
	const wrong = await fetch(`${origin}/api/v1/tokens`);
	expect(wrong.status).toBe(405);
	expect(wrong.headers.get('content-type')).toContain('application/problem+json');
	const asJson = { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{}' };
	const unreadable = await fetch(`${origin}/mamuju/pengaduan`, asJson);
	expect(unreadable.status).toBe(415);
	expect(await unreadable.text()).toContain('Formulir tidak dapat dibaca.');
});

test('a program that accepts JSON gets the page of a form, as a browser does', { tag: CORE }, async () => {
	const { origin } = running();
	const headers = { origin, accept: 'application/json, text/plain, */*' };
	// The address with the code of the office keeps what was typed, too.
	for (const path of ['/mamuju/saran', '/7604/saran']) {
		const body = new URLSearchParams({ body: 'Terlalu' });
		const refused = await fetch(`${origin}${path}`, { method: 'POST', headers, body, redirect: 'manual' });
		expect(refused.status, path).toBe(422);
		expect(await refused.text(), path).toContain('>Terlalu</textarea>');
	}
});

test('every response has the security headers, also a refusal of the entry', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('penangan.mamuju');
	const post = (path: string, from: string) => ({ path, method: 'POST', headers: { origin: from, cookie } });
	for (const [status, { path, ...call }] of [
		[200, { path: '/' }],
		[200, { path: '/favicon.svg' }],
		[200, { path: '/healthz' }],
		[303, { path: '/insight' }],
		[403, { path: '/insight', headers: { cookie } }],
		[403, post('/mamuju/saran', 'https://elsewhere.example')],
		[404, { path: '/mamuju%00' }],
		[404, { path: '/mamuju/there-is-no-such-page' }],
		[404, { path: '/api/v1/nothing' }],
		[411, { ...post('/api/v1/cases', origin), body: new Blob(['{}']).stream(), duplex: 'half' }]
	] as const) {
		const response = await fetch(origin + path, { redirect: 'manual', ...call });
		expect(response.status, path).toBe(status);
		expect(Object.fromEntries(response.headers), `${status} ${path}`).toMatchObject({
			'referrer-policy': 'same-origin',
			'x-content-type-options': 'nosniff',
			'permissions-policy': 'camera=(), microphone=(), geolocation=()',
			'cache-control': expect.stringMatching(/no-cache|no-store/)
		});
	}
});

test('cursors, actions and fields that the site never sends are refused, never a 5xx', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('penyelia.mamuju');
	const status = async (path: string, body?: URLSearchParams) => {
		const headers = { origin, cookie };
		return (await fetch(origin + path, { method: body ? 'POST' : 'GET', redirect: 'manual', headers, body })).status;
	};
	const noDay = '2026-02-30T00:00:00.000Z';
	const id = crypto.randomUUID();
	for (const path of [
		...[`/desk?after=${noDay}~5`, `/desk?before=${noDay}~5`, `/desk/unrecorded?cursor=${noDay}~5`],
		...['escalations', 'inbound', 'notices', 'approvals', 'visits'].map((list) => `/desk/${list}?cursor=${noDay}~${id}`)
	]) {
		expect(await status(path), path).toBe(200);
	}
	for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'default', 'nothing']) {
		expect(await status(`/mamuju/pengaduan?/${name}`, new URLSearchParams({ body: 'x' })), name).toBe(404);
	}
	const repeatedParams = (...names: string[]) => new URLSearchParams(names.map((name, at) => [name, `${at}`]));
	expect(await status('/mamuju/nilai', repeatedParams('tags', 'tags', 'tags.length'))).toBe(422);
	expect(await status('/mamuju/pengaduan', repeatedParams('body', 'body', 'body.length'))).toBe(422);
	expect(await status('/desk/inbound/new', repeatedParams('lapor_id', '__proto__', '__proto__'))).toBe(422);
	const never = [
		'99999-01-01',
		'0000-01-01T00:00:00.000Z',
		'+275760-09-13T00:00:00.000Z',
		'-271821-04-20T00:00:00.000Z'
	];
	for (const until of never) {
		expect(await status('/desk/notices?/read', new URLSearchParams({ until })), until).toBe(303);
	}
});

test('a search for a word of any length finds nothing, at the desk and at the API', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('penangan.mamuju');
	for (const word of ['a'.repeat(3_000), 'é'.repeat(1_500), '1'.repeat(3_000), 'a '.repeat(2_000)]) {
		const q = encodeURIComponent(word);
		expect((await fetch(`${origin}/desk?q=${q}`, { headers: { cookie } })).status).toBe(200);
		expect((await api(origin, `/cases?q=${q}`)).status).toBe(200);
	}
});
