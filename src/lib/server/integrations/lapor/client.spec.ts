import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCreatedId, readInstitutions, readLookup, readReason, readTemplates, readUploadIds } from './responses.ts';
import { CONNECT_MS, createLaporClient, previewCreate } from './client.ts';
import { CALL_MS } from './exchange.ts';
import { payload, sandboxClient, settingsFor } from '#lib/dev/lapor-sandbox/sandbox-client.ts';
import { startTcpServer } from '#lib/dev/testing/network/local-server.ts';
import { readDetail, readFollowups } from './tracking.ts';

const clientOf = (baseUrl: string, changes = {}) => {
	const client = createLaporClient({ ...settingsFor(baseUrl), ...changes });
	onTestFinished(() => client.close());
	return client;
};

describe('calls against the sandbox', () => {
	it('deliver files, a report and a follow-up unchanged', async () => {
		const { client, sandbox, get } = await sandboxClient();
		const photo = { name: 'foto antrean.jpg', type: 'image/jpeg', bytes: new Uint8Array([255, 216, 255]) };
		const letter = { name: 'surat.pdf', type: 'application/pdf', bytes: new Uint8Array(2_000_000) };
		const uploaded = [await client.uploadFile(photo), await client.uploadFile(letter)];
		const ids = uploaded.flatMap(({ json }) => readUploadIds(json));
		expect(ids).toHaveLength(2);

		const created = await client.createComplaint(payload({ attachments: `[${ids.join(',')}].` }));
		expect(created).toMatchObject({ connected: true, status: 201 });
		const id = readCreatedId(created.json) ?? '';
		expect(await get(`/_reports/${id}`)).toMatchObject({ payload: payload({ attachments: `[${ids.join(',')}].` }) });
		expect(await get('/_files')).toMatchObject([
			{ name: 'foto antrean.jpg', bytes: 3 },
			{ name: 'surat.pdf', bytes: 2_000_000 }
		]);

		const followup = { complaintId: id, userId: 1, institutionFromId: 151347, secret: true };
		expect((await client.addFollowup({ ...followup, content: 'Sudah kami perbaiki.' })).status).toBe(201);
		expect(readFollowups((await client.followups(id)).json)).toMatchObject([
			{ content: 'Sudah kami perbaiki.', author: 'BPS Kabupaten Mamuju' }
		]);
		const detail = readDetail((await client.complaintDetail(id)).json);
		expect(detail).toMatchObject({ statusName: 'Belum Terverifikasi' });
		expect((await client.complaintDetail('1000')).status).toBe(404);
		expect(sandbox.apiUrl).toContain('/sandbox-konsolidasi/1.0');
	});

	it('find our report by a look-up, or report it as absent', async () => {
		const { client } = await sandboxClient();
		const id = readCreatedId((await client.createComplaint(payload())).json);
		const found = await client.lookup('SPATULA76042600012301');
		expect(readLookup(found.json, 'SPATULA76042600012301')).toEqual({ result: 'found', ids: [id] });
		const other = await client.lookup('SPATULA76042600012302');
		expect(readLookup(other.json, 'SPATULA76042600012302')).toEqual({ result: 'absent' });
	});

	it('read the lists and make the test call', async () => {
		const { client } = await sandboxClient();
		expect(readInstitutions((await client.institutions()).json)?.length).toBeGreaterThan(5);
		expect(readTemplates((await client.templates()).json)?.length).toBeGreaterThan(1);
		expect(readInstitutions((await client.testCall()).json)).toHaveLength(1);
	});
});

describe('checks of the sandbox', () => {
	it.each([
		['without a token', { token: '' }, 401, 'token'],
		['with a wrong token', { token: '00000000-0000-4000-8000-000000000000' }, 401, 'token'],
		['with the other header', { authHeader: 'auth' as const }, 401, 'Authorization header is missing'],
		['with a wrong bearer', { bearer: 'Bearer lain' }, 401, 'Authorization header is wrong']
	])('a call %s is refused with a reason', async (_name, changes, status, words) => {
		const { client } = await sandboxClient({}, changes);
		const seen = await client.testCall();
		expect(seen.status).toBe(status);
		expect(readReason(seen.json)?.text).toContain(words);
	});

	it('accept the bearer in the header auth if it is configured', async () => {
		const { client } = await sandboxClient({ authHeader: 'auth' }, { authHeader: 'auth' });
		expect((await client.testCall()).status).toBe(200);
	});

	it.each(Object.keys(payload()))('a create without %s: 422 with the name of the key', async (key) => {
		const { client, get } = await sandboxClient();
		const rest = Object.fromEntries(Object.entries(payload()).filter(([name]) => name !== key));
		const seen = await client.createComplaint(rest as unknown as ReturnType<typeof payload>);
		expect(seen.status).toBe(422);
		expect(readReason(seen.json)?.fields.map(({ field }) => field)).toContain(key);
		expect(await get('/_reports')).toEqual([]);
	});

	it.each([
		['a title of 101 characters', { title: 'x'.repeat(101) }, 'title'],
		['a file that was never uploaded', { attachments: '[1].' }, 'attachments'],
		["an identity beside the agency's account", { nameUser: 'Siti' }, 'nameUser'],
		['a text instead of a number', { channel: '13' as unknown as number }, 'channel']
	])('%s: 422', async (_name, changes, field) => {
		const { client } = await sandboxClient();
		const seen = await client.createComplaint(payload(changes));
		expect(seen.status).toBe(422);
		expect(readReason(seen.json)?.fields.map((entry) => entry.field)).toEqual([field]);
	});

	it.each([
		[true, '[ID]', 422],
		[true, '[ID].', 201],
		[false, '[ID].', 422],
		[false, '[ID]', 201]
	])('trailing dot configured: %s, attachments %s: %i', async (attachmentsTrailingDot, shape, status) => {
		const { client } = await sandboxClient({ attachmentsTrailingDot });
		const file = { name: 'a.png', type: 'image/png', bytes: new Uint8Array(10) };
		const [id = ''] = readUploadIds((await client.uploadFile(file)).json);
		expect((await client.createComplaint(payload({ attachments: shape.replace('ID', id) }))).status).toBe(status);
	});

	it.each([
		['2.1 MB', { name: 'a.jpg', type: 'image/jpeg', bytes: new Uint8Array(2_100_000) }],
		['a program', { name: 'a.exe', type: 'application/x-msdownload', bytes: new Uint8Array(5) }]
	])('a file of %s: 422', async (_name, file) => {
		const { client, get } = await sandboxClient();
		const seen = await client.uploadFile(file);
		expect(seen.status).toBe(422);
		expect(readReason(seen.json)).toBeDefined();
		expect(await get('/_files')).toEqual([]);
	});

	it('a follow-up of 1001 characters: 422; of 1000: accepted', async () => {
		const { client } = await sandboxClient();
		const complaintId = readCreatedId((await client.createComplaint(payload())).json) ?? '';
		const followup = { complaintId, userId: 1, institutionFromId: 151347, secret: true };
		expect((await client.addFollowup({ ...followup, content: 'x'.repeat(1001) })).status).toBe(422);
		expect((await client.addFollowup({ ...followup, content: 'x'.repeat(1000) })).status).toBe(201);
	});
});

describe('connected', () => {
	it.each([
		['a refused connection', 'http://127.0.0.1:1', 'refused'],
		['an unknown host name', `http://${'x'.repeat(64)}.invalid`, 'dns'],
		['an invalid address', 'http://:::', 'not_built']
	])('is false after %s', async (_name, baseUrl, code) => {
		const client = clientOf(baseUrl);
		for (const seen of [await client.createComplaint(payload()), await client.testCall()])
			expect(seen).toMatchObject({ connected: false, error: { code } });
	});

	it('is false if TLS fails after TCP', async () => {
		const plain = await startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
		expect(await clientOf(`https://${plain}`).createComplaint(payload())).toMatchObject({
			connected: false,
			error: { code: 'tls' }
		});
	});

	it('is false if the connection is reset during TLS', async () => {
		const cut = await startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
		expect(await clientOf(`https://${cut}`).createComplaint(payload())).toMatchObject({
			connected: false,
			error: { code: 'connect_reset' }
		});
	});

	it('is false after the connect limit if the TLS server sends nothing', async () => {
		expect(CONNECT_MS).toBe(10_000);
		const silent = await startTcpServer(() => undefined);
		const seen = await clientOf(`https://${silent}`, { connectMs: 300 }).createComplaint(payload());
		expect(seen).toMatchObject({ connected: false, error: { code: 'connect_timeout' } });
		expect(seen.durationMs).toBeLessThan(5000);
	});

	it('is true after the call limit if the server accepts the request and sends nothing', async () => {
		expect(CALL_MS).toBe(60_000);
		const silent = await startTcpServer((socket) => socket.resume());
		const seen = await clientOf(`http://${silent}`, { callMs: 300 }).createComplaint(payload());
		expect(seen).toMatchObject({ connected: true, error: { code: 'timeout' } });
	});

	it('is true if the server closes the connection, and the create is not repeated', async () => {
		let requests = 0;
		const cut = await startTcpServer((socket) => socket.once('data', () => (requests++, socket.destroy())));
		const seen = await clientOf(`http://${cut}`).createComplaint(payload());
		expect(seen).toMatchObject({ connected: true, error: { code: 'reset' } });
		expect(requests).toBe(1);
	});

	it('is true if the response is not HTTP', async () => {
		const odd = await startTcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
		expect(await clientOf(`http://${odd}`).createComplaint(payload())).toMatchObject({
			connected: true,
			error: { code: 'broken_answer' }
		});
	});
});

describe('responses', () => {
	const serverWith = (head: string, body: string) =>
		startTcpServer((socket) =>
			socket.once('data', () => socket.end(`HTTP/1.1 ${head}\r\nconnection: close\r\n\r\n${body}`))
		);

	it('of eight reads at once come side by side, because the time limit of each runs while it waits', async () => {
		const sockets: Socket[] = [];
		const to = await startTcpServer((socket) =>
			socket.once('data', () => {
				sockets.push(socket);
				if (sockets.length === 8)
					for (const each of sockets) each.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}');
			})
		);
		const client = clientOf(`http://${to}`, { callMs: 5000 });
		const seen = await Promise.all(Array.from({ length: 8 }, (_, n) => client.complaintDetail(String(1916449 + n))));
		expect(seen.map(({ status }) => status)).toEqual(Array(8).fill(200));
	});

	it('with a redirect are not followed', async () => {
		const to = await serverWith('302 Found\r\nlocation: http://127.0.0.1:1/', '');
		expect(await clientOf(`http://${to}`).createComplaint(payload())).toMatchObject({
			status: 302,
			headers: { location: 'http://127.0.0.1:1/' }
		});
	});

	it('are read up to 8 MB', async () => {
		const bodyOf = (length: number) => JSON.stringify({ complaint_id: 1916449, filler: 'x'.repeat(length) });
		const list = await serverWith('200 OK', bodyOf(4_000_000));
		expect(readCreatedId((await clientOf(`http://${list}`).institutions()).json)).toBe('1916449');
		const long = await serverWith('200 OK', bodyOf(9_000_000));
		const seen = await clientOf(`http://${long}`).createComplaint(payload());
		expect(seen).toMatchObject({ status: 200, error: { code: 'answer_too_large' } });
		expect(seen.json).toBeUndefined();
		expect(seen.excerpt?.length).toBe(2000);
	});

	it.each([
		['gzip', gzipSync],
		['br', brotliCompressSync]
	])('compressed with %s are decompressed', async (encoding, pack) => {
		const body = pack(JSON.stringify({ complaint_id: 1916449 }));
		const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\nconnection: close\r\n\r\n`;
		const to = await startTcpServer((socket) =>
			socket.once('data', () => socket.end(Buffer.concat([Buffer.from(head), body])))
		);
		const seen = await clientOf(`http://${to}`).createComplaint(payload());
		expect(seen.json).toEqual({ complaint_id: 1916449 });
	});

	it.each([
		['a text', (secret: string) => `rahasia ${secret}`, 'rahasia •••'],
		['JSON', (message: string) => JSON.stringify({ message }), '{"message":"•••"}'],
		['JSON of PHP', (message: string) => JSON.stringify({ message }).replaceAll('/', '\\/'), '{"message":"•••"}']
	])('repeat no secret of ours: %s', async (_name, body, excerpt) => {
		const bearer = 'Bearer Zm9v/YmFy+MTIz/NDU2==';
		const { token } = settingsFor('http://127.0.0.1:1');
		for (const secret of [token, bearer, bearer.slice('Bearer '.length)]) {
			const to = await serverWith('401 Unauthorized', body(secret));
			const seen = await clientOf(`http://${to}`, { bearer }).testCall();
			expect(seen.excerpt).toBe(excerpt);
			expect(JSON.stringify(seen.json ?? {})).not.toContain(secret);
			if (seen.json) expect(readReason(seen.json)?.text).toBe('•••');
		}
	});

	it("repeat nothing of the reporter's identity, which may be withheld from staff", async () => {
		const identity = { nameUser: 'Siti', emailUser: 'siti@contoh.id', phoneUser: '081234567890' };
		const message = "Duplicate entry 'siti@contoh.id' (insert into users values (Siti, siti@contoh.id, 081234567890))";
		const split = message.replaceAll('iti', 'i\u0001ti').replace('6789', '67\u000189');
		const hidden = message.replaceAll('iti', '<b></b>iti').replace('6789', '67&#56;9');
		for (const body of [
			message,
			split,
			hidden,
			...[message, hidden].map((text) => JSON.stringify({ message: text }))
		]) {
			const to = await serverWith('500 Internal Server Error', body);
			const seen = await clientOf(`http://${to}`).createComplaint(payload(identity));
			expect(readReason(seen.json)?.text ?? seen.excerpt).toBe(
				"Duplicate entry '•••' (insert into users values (•••, •••, •••))"
			);
			expect(seen.excerpt).not.toContain('contoh.id');
		}
	});

	it('keep numbers and keys in which a short secret occurs', async () => {
		const to = await serverWith('200 OK', '{"complaint_id":1234567,"status":"status 123456"}');
		const of = (token: string) => clientOf(`http://${to}`, { token }).createComplaint(payload());
		expect((await of('123456')).json).toEqual({ complaint_id: 1234567, status: 'status •••' });
		expect((await of('status')).json).toEqual({ complaint_id: 1234567, status: '••• 123456' });
		// A secret of five characters may be part of an id that is a text.
		expect((await of('12345')).json).toEqual({ complaint_id: 1234567, status: 'status 123456' });
	});
});

describe('a dry run', () => {
	it('shows the exact request without the secrets', () => {
		const settings = settingsFor('http://contoh.invalid/1.0/');
		const preview = previewCreate(settings, payload());
		expect(preview.url).toBe('http://contoh.invalid/1.0/complaints/complaint');
		expect(JSON.parse(preview.body)).toEqual(payload());
		expect(JSON.stringify(preview)).not.toContain(settings.token);
		expect(preview.headers).toMatchObject({ accept: 'application/json', Authorization: '•••' });
	});
});
