import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { submit } from '../scripts/site/client.ts';
import { OVERSIZED_BODIES } from '../src/lib/dev/testing/api/hostile-bodies.ts';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { report } from './support/cases.ts';
import { running } from './support/journey.ts';
import { TEST_BOOTSTRAP } from './support/site.ts';
import { CORE, expect, test } from './support/test.ts';

/** A connection that closes without a byte of the response would be waited for without end. */
const LIMIT_MS = 20_000;

/** Begins an upload that continues at 5000 bytes a second until it is ended. */
function slowUpload(origin: string): Promise<() => void> {
	const { hostname, port } = new URL(origin);
	return new Promise((done) => {
		const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname, () => {
			socket.on('error', () => {});
			const head = ['POST /mamuju/pengaduan HTTP/1.1', `Host: ${hostname}:${port}`, `Origin: ${origin}`];
			const type = ['Content-Type: multipart/form-data; boundary=BB', 'Content-Length: 5000000'];
			socket.write(`${[...head, ...type].join('\r\n')}\r\n\r\n--BB\r\n`);
			const more = setInterval(() => socket.write('x'.repeat(5000)), 1000);
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
	for (const [name, value] of Object.entries(report({ body: 'Laporan dari uji masukan yang tidak wajar.' })))
		form.set(name, String(value));
	if (photo) form.set('file', new File([new Uint8Array(photo)], 'kursi.jpg', { type: 'image/jpeg' }));
	return form;
}

const sendForm = (origin: string, form: FormData) => submit(origin, '/mamuju/pengaduan', form);

test('twelve slow uploads delay neither a complaint nor a photo', { tag: CORE }, async () => {
	const { origin } = running();
	const slow = await Promise.all(Array.from({ length: 12 }, () => slowUpload(origin)));
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
	expect(await text.text()).toContain('<p lang="en">This is too large to send (at most 768 kB).');
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

test('a body that does not say its length is accepted only where its bytes are counted', { tag: CORE }, async () => {
	const { origin } = running();
	const send = (path: string, type: string, text: string) => {
		const headers = { origin, 'content-type': type };
		const body = new Blob([text]).stream();
		// The types of the browser's `fetch` do not know `duplex`, which Node requires here.
		const init: RequestInit & { duplex: 'half' } = {
			method: 'POST',
			redirect: 'manual',
			headers,
			body,
			duplex: 'half'
		};
		return fetch(origin + path, init);
	};
	const forms = 'application/x-www-form-urlencoded';
	for (const type of [forms, 'text/plain', 'application/octet-stream'])
		expect((await send('/lacak', type, 'receipt=a')).status, type).toBe(411);
	expect((await send('/api/v1/cases', 'application/json', '{}')).status).toBe(401);
	expect((await send('/api/hooks/whatsapp', 'application/json', '{}')).status).toBe(401);
});

test('a body above the limit is refused before it is read', { tag: CORE }, async () => {
	const { hostname, port } = new URL(running().origin);
	const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
	const head = ['POST /api/v1/cases HTTP/1.1', `Host: ${hostname}:${port}`, 'Content-Type: application/json'];
	// Nothing of the body is ever sent.
	socket.write(`${[...head, 'Content-Length: 70000'].join('\r\n')}\r\n\r\n`);
	const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(LIMIT_MS) })) as [Buffer];
	socket.destroy();
	expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
});

test('a refused body holds up no later request on its connection', { tag: CORE }, async () => {
	const { origin } = running();
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const statusOf = (path: string, method: string, body?: string) =>
		new Promise<[number | undefined, boolean]>((done, failed) => {
			const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
			const signal = AbortSignal.timeout(LIMIT_MS);
			const sent = request(origin + path, { agent, method, headers: body ? headers : {}, signal }, (response) => {
				response.resume().once('error', failed);
				response.once('end', () => done([response.statusCode, sent.reusedSocket]));
			});
			sent.once('error', failed).end(body);
		});
	const body = 'x'.repeat(1_000_000);
	expect(await statusOf('/api/v1/cases', 'POST', body)).toEqual([401, false]);
	expect(await statusOf('/healthz', 'GET')).toEqual([200, true]);
	expect(await statusOf('/api/hooks/none', 'POST', body)).toEqual([404, true]);
	expect(await statusOf('/healthz', 'GET')).toEqual([200, true]);
	agent.destroy();
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
				? // The API ignores cookies, so its words stay Indonesian.
					{ authorization: `Bearer ${TEST_BOOTSTRAP}`, cookie: 'lang=en' }
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
