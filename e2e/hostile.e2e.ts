import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { submit } from '../scripts/site/client.ts';
import { OVERSIZED_BODIES } from '../src/lib/dev/testing/api/hostile-bodies.ts';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { report } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import { api, TEST_BOOTSTRAP } from './support/site.ts';
import { CORE, expect, test } from './support/test.ts';

const BODY = 'Laporan dari uji masukan yang tidak wajar.';
const complaint = (changes: Record<string, unknown> = {}) => report({ body: BODY, ...changes });

test('characters that no database stores are dropped or give NotFound, never a 5xx', { tag: CORE }, async () => {
	const { origin } = running();
	const sent = await api(origin, '/cases', {
		body: complaint({ body: 'Laporan\0 dengan tanda\0 yang aneh di dalamnya.' })
	});
	expect(sent.status).toBe(201);
	const fields = { body: 'Saran dengan tanda \0 di tengah kalimatnya.', identity: 'none', submission_id: randomUUID() };
	const form = await submit(origin, '/mamuju/saran', fields);
	expect(form.status).toBe(303);
	for (const path of ['/%00', '/mamuju%00', '/q/%00', '/login?next=%00']) {
		expect((await fetch(`${origin}${path}`)).status, path).toBe(404);
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

test('a program that accepts JSON gets the answers of a form', { tag: CORE }, async () => {
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

/** Begins an upload that continues at `bytesPerSecond` until it is ended. */
function slowUpload(origin: string, bytesPerSecond = 0, length = 5_000_000): Promise<() => void> {
	const { hostname, port } = new URL(origin);
	return new Promise((done) => {
		const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname, () => {
			socket.on('error', () => {});
			const head = ['POST /mamuju/pengaduan HTTP/1.1', `Host: ${hostname}:${port}`, `Origin: ${origin}`];
			const type = ['Content-Type: multipart/form-data; boundary=BB', `Content-Length: ${length}`];
			socket.write(`${[...head, ...type].join('\r\n')}\r\n\r\n--BB\r\n`);
			const more = bytesPerSecond ? setInterval(() => socket.write('x'.repeat(bytesPerSecond)), 1000) : undefined;
			const end = () => {
				clearInterval(more);
				socket.destroy();
			};
			setTimeout(() => done(end), 100);
		});
	});
}

/** A photo so large that it has to wait for an upload slot. */
async function largePhoto(): Promise<Buffer> {
	const photo = await noisyPhoto();
	expect(photo.length).toBeGreaterThan(64 * 1024);
	return photo;
}

function complaintForm(photo?: Buffer): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(complaint())) form.set(name, String(value));
	if (photo) form.set('file', new File([new Uint8Array(photo)], 'kursi.jpg', { type: 'image/jpeg' }));
	return form;
}

const sendForm = (origin: string, form: FormData) => submit(origin, '/mamuju/pengaduan', form);

test('twelve slow uploads delay neither a complaint nor a photo', { tag: CORE }, async () => {
	const { origin } = running();
	const slow = await Promise.all(Array.from({ length: 12 }, () => slowUpload(origin, 5000)));
	const photo = await largePhoto();
	expect((await sendForm(origin, complaintForm())).status).toBe(303);
	expect((await sendForm(origin, complaintForm(photo))).status).toBe(303);
	for (const end of slow) end();
});

test('a form that is too large is shown again with everything typed, never as JSON', { tag: CORE }, async () => {
	const { origin } = running();
	const form = complaintForm();
	for (let i = 0; i < 6; i++) form.append('file', new File([new Uint8Array(9_900_000)], `foto-${i}.jpg`));
	const response = await sendForm(origin, form);
	expect([response.status, response.headers.get('content-type')]).toEqual([413, 'text/html']);
	const page = await response.text();
	for (const part of ['Laporan dari uji masukan', 'foto-5.jpg', 'Seluruh berkas terlalu besar'])
		expect(page).toContain(part);
	const text = await submit(origin, '/lacak', { receipt: 'x'.repeat(3_000_000) });
	expect([text.status, text.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8']);
});

test(
	'a text that is too long for its field is shown again as typed, also in a form without files',
	{ tag: CORE },
	async () => {
		const { origin } = running();
		const body = 'Kursi di ruang tunggu – sudah lama rusak.\n'.repeat(2_000);
		const response = await submit(origin, '/mamuju/saran', { body, 'reporter.name': 'Andi Contoh' });
		const page = await response.text();
		expect(response.status).toBe(422);
		expect([page.includes('value="Andi Contoh"'), page.includes(body.trimEnd())]).toEqual([true, true]);
	}
);

test('uploads whose senders disconnect while waiting or being read free their slots', { tag: CORE }, async () => {
	const { origin } = running();
	for (let round = 0; round < 2; round++) {
		const reading = await Promise.all(Array.from({ length: 4 }, () => slowUpload(origin)));
		const waiting = await Promise.all(Array.from({ length: 4 }, () => slowUpload(origin)));
		for (const end of [...waiting, ...reading]) end();
	}
	const sent = await sendForm(origin, complaintForm(await largePhoto()));
	expect(sent.status).toBe(303);
});

test('every response has the security headers, also a refusal of the entry', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('pengelola.mamuju');
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

test('a body that does not say its length is accepted only where its bytes are counted', { tag: CORE }, async () => {
	const { origin } = running();
	const send = (path: string, type: string, text: string) =>
		fetch(origin + path, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, 'content-type': type },
			...{ body: new Blob([text]).stream(), duplex: 'half' }
		});
	const forms = 'application/x-www-form-urlencoded';
	for (const type of [forms, 'text/plain', 'application/octet-stream'])
		expect((await send('/lacak', type, 'receipt=a')).status, type).toBe(411);
	expect((await send('/api/v1/cases', 'application/json', '{}')).status).toBe(401);
	expect((await send('/api/hooks/whatsapp', 'application/json', 'x'.repeat(4 * 1024 * 1024))).status).toBe(413);
});

test('a body above the limit is refused before it is read', { tag: CORE }, async () => {
	const { origin } = running();
	const much = await fetch(`${origin}/api/v1/cases`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ body: 'x'.repeat(70_000) })
	}).catch(() => undefined);
	if (much) expect(much.status).toBe(413);
});

test('cursors, actions and fields that the site never sends are refused, never a 5xx', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('kepala.mamuju');
	const status = async (path: string, body?: URLSearchParams) => {
		const headers = { origin, cookie };
		return (await fetch(origin + path, { method: body ? 'POST' : 'GET', redirect: 'manual', headers, body })).status;
	};
	const noDay = '2026-02-30T00:00:00.000Z';
	const id = randomUUID();
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

test(
	'a body above a limit is refused with 413: with a page in the reader’s language, or a problem at the API',
	{ tag: CORE },
	async () => {
		const { origin } = running();
		for (const { name, contentType, body } of OVERSIZED_BODIES) {
			const isJson = contentType === 'application/json';
			// Multipart bodies go to another form, because /lacak reads no body with files.
			const form = contentType.startsWith('multipart') ? '/mamuju/saran' : '/lacak';
			const headers: Record<string, string> = isJson
				? { authorization: `Bearer ${TEST_BOOTSTRAP}` }
				: { origin, accept: 'text/html' };
			const response = await fetch(origin + (isJson ? '/api/v1/cases' : form), {
				method: 'POST',
				headers: { ...headers, 'content-type': contentType },
				body: new Uint8Array(body)
			});
			expect(response.status, name).toBe(413);
			expect(response.headers.get('content-type'), name).toMatch(
				isJson ? /^application\/problem\+json/ : /^text\/html/
			);
			expect(await response.text(), name).toContain('Kiriman ini terlalu panjang, atau isiannya terlalu banyak.');
		}
	}
);

test('a search for a word of any length finds nothing, at the desk and at the API', { tag: CORE }, async () => {
	const { origin } = running();
	const cookie = await sessionOf('pengelola.mamuju');
	for (const word of ['a'.repeat(3_000), 'é'.repeat(1_500), '1'.repeat(3_000), 'a '.repeat(2_000)]) {
		const q = encodeURIComponent(word);
		expect((await fetch(`${origin}/desk?q=${q}`, { headers: { cookie } })).status).toBe(200);
		expect((await api(origin, `/cases?q=${q}`)).status).toBe(200);
	}
});
