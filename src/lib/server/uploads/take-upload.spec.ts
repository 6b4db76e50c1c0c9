import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { Agent, createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { OVERSIZED_BODIES } from '#lib/dev/testing/api/hostile-bodies.ts';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { MAX_FILE_BYTES, MAX_TEXT_BYTES } from './limits.ts';
import { UPLOAD_HEADER, uploadFolder } from './upload-header.ts';
import { sweepUploads, takeUpload } from './take-upload.ts';

const ROOMY = { free: 10 ** 12, size: 10 ** 12 };
const MEGABYTE = 1024 * 1024;

let dataDir = '';
let server: Server;
let port = 0;
let free = ROOMY.free;
/** The pages' handler for a form that reached them. Some tests replace it. */
let page: (form: FormData, upload: string) => Promise<unknown>;

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'spatula-uploads-'));
	free = ROOMY.free;
	page = describeForm;
	server = createServer((request, response) => {
		const respond = async (forwarded: IncomingMessage) => {
			const headers = new Headers(forwarded.headers as Record<string, string>);
			const body = Readable.toWeb(forwarded) as ReadableStream;
			const form = await new Request('http://x', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
				.formData()
				.catch(() => undefined);
			const described = form && (await page(form, headers.get(UPLOAD_HEADER) ?? ''));
			response.writeHead(form ? 200 : 422).end(JSON.stringify(described ?? 'no form'));
		};
		const settings = {
			sender: '192.0.2.1',
			dataDir,
			reserve: 1000 * MEGABYTE,
			respond: (r: IncomingMessage) => void respond(r)
		};
		void withDiskSpace(
			() => ({ ...ROOMY, free }),
			() => takeUpload(request, response, settings)
		);
	});
	port = await listenOnFreePort(server);
});

afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await rm(dataDir, { recursive: true, force: true });
});

const remainingFolders = async () => readdir(join(dataDir, 'incoming')).catch(() => []);

async function nothingLeft() {
	while ((await remainingFolders()).length > 0) await sleep(5);
}

/** The texts of a form, and the name and stored bytes of each file. */
async function describeForm(form: FormData, upload: string) {
	const [state, value = ''] = upload.split(' ');
	const texts = Object.fromEntries([...form].filter(([, text]) => typeof text === 'string'));
	const files = [...form.values()].filter((value) => value instanceof File);
	const stored = files.map(async (file) => {
		const bytes =
			state === 'stored' && file.size > 0
				? (await stat(join(uploadFolder(dataDir, value), await file.text()))).size
				: 0;
		return [file.name, file.type, bytes];
	});
	return { texts, files: await Promise.all(stored), refused: state === 'refused' ? value : undefined };
}

function formWith(...files: [name: string, bytes: number][]): FormData {
	const form = new FormData();
	form.set('body', 'Kursi patah: ñ “é”');
	for (const [name, bytes] of files)
		form.append('file', new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' }));
	form.set('identity', 'none');
	return form;
}

async function sent(form: FormData) {
	const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form });
	return (await response.json()) as Awaited<ReturnType<typeof describeForm>>;
}

/** Begins an upload: sends the headers and `part`. */
async function beginUpload(part: string, length: number | 'chunked' = 5 * MEGABYTE): Promise<Socket> {
	const socket = connect(port, '127.0.0.1');
	socket.on('error', () => {});
	await once(socket, 'connect');
	const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
	socket.write(
		`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=BB\r\n${size}\r\n\r\n${part}`
	);
	return socket;
}
const FILE_HEAD =
	'--BB\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\nabc';

describe('a large form', () => {
	it('reaches the pages with its texts and with its files on disk, which are removed after the response', async () => {
		const described = await sent(formWith(['foto “1”.jpg', 3 * MEGABYTE], ['kosong.jpg', 0], ['b.jpg', 7]));
		expect(described.texts).toEqual({ body: 'Kursi patah: ñ “é”', identity: 'none' });
		expect(described.files).toEqual([
			['foto “1”.jpg', 'image/jpeg', 3 * MEGABYTE],
			['kosong.jpg', 'image/jpeg', 0],
			['b.jpg', 'image/jpeg', 7]
		]);
		await nothingLeft();
	});

	it('may arrive in chunks of unknown length', async () => {
		const socket = await beginUpload('', 'chunked');
		const parts = [FILE_HEAD, '\r\n--BB--\r\n'];
		for (const part of parts) socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
		socket.write('0\r\n\r\n');
		const [answer] = (await once(socket, 'data')) as [Buffer];
		expect(answer.toString()).toContain('["a.jpg","image/jpeg",3]');
		socket.destroy();
	});

	it('keeps its texts without its files if the disk refuses to store one, and the reason is logged', async () => {
		await writeFile(join(dataDir, 'incoming'), 'not a folder');
		const logged = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
		expect((await sent(formWith(['a.jpg', 3 * MEGABYTE], ['b.jpg', 7]))).refused).toBe('no_room');
		// Another upload may still end meanwhile, and say so in the log.
		const lines = logged.mock.calls.map(([line]) => String(line));
		expect(lines.filter((line) => line.includes("a file of a form can't be stored: ENOTDIR"))).toHaveLength(1);
	});

	it('stores only one byte more than allowed of a file that is too large', async () => {
		const { files } = await sent(formWith(['besar.jpg', MAX_FILE_BYTES + 5 * MEGABYTE]));
		expect(files).toEqual([['besar.jpg', 'image/jpeg', MAX_FILE_BYTES + 1]]);
	});

	it('keeps its texts without its files if the disk is full at the start or becomes full', async () => {
		free = 1001 * MEGABYTE;
		const refused = { texts: { identity: 'none' }, files: [['a.jpg', 'image/jpeg', 0]], refused: 'no_room' };
		expect(await sent(formWith(['a.jpg', 3 * MEGABYTE]))).toMatchObject(refused);
		free = ROOMY.free;
		const tail = '\r\n--BB\r\nContent-Disposition: form-data; name="identity"\r\n\r\nnone\r\n--BB--\r\n';
		const socket = await beginUpload(FILE_HEAD, FILE_HEAD.length + 3 * MEGABYTE + tail.length);
		while ((await remainingFolders()).length === 0) await sleep(5);
		free = 0;
		socket.write('x'.repeat(3 * MEGABYTE) + tail);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		expect(answer.toString()).toContain(
			'{"texts":{"identity":"none"},"files":[["a.jpg","image/jpeg",0]],"refused":"no_room"}'
		);
		socket.destroy();
		await nothingLeft();
	});

	it('keeps its texts if the whole form is too large', async () => {
		const files = Array.from({ length: 6 }, (_, i) => [`${i}.jpg`, 9.9 * MEGABYTE] as [string, number]);
		const described = await sent(formWith(...files));
		expect(described).toMatchObject({ texts: { identity: 'none' }, refused: 'too_large' });
		expect(described.files).toHaveLength(6);
	});

	it('is refused with too many fields or too much text, with little memory', async () => {
		const many = formWith(['a.jpg', 1]);
		for (let i = 0; i < 5000; i++) many.append(`field${i}`, 'x'.repeat(20));
		expect(await sent(many)).toMatchObject({ refused: 'too_much' });
		const long = formWith(['a.jpg', 1]);
		long.append('more', 'x'.repeat(MEGABYTE));
		expect(await sent(long)).toMatchObject({ refused: 'too_much' });
		const accented = formWith(['a.jpg', 1]);
		for (const name of ['one', 'two']) accented.append(name, 'é'.repeat(MAX_TEXT_BYTES / 3));
		expect(await sent(accented)).toMatchObject({ refused: 'too_much' });
		const named = formWith(['a.jpg', 1]);
		for (const letter of 'abcde') named.append(letter.repeat(MAX_TEXT_BYTES / 4), '');
		expect(await sent(named)).toMatchObject({ refused: 'too_much' });
	});

	it('is refused by the pages if its body exceeds one of their limits', async () => {
		page = (form, upload) => {
			const body = new Request('http://x/', { method: 'POST', headers: { [UPLOAD_HEADER]: upload }, body: form });
			return readForm(body).catch((error: unknown) => error);
		};
		const large = OVERSIZED_BODIES.filter(
			({ body, contentType }) => body.length > 65_536 && contentType.startsWith('multipart')
		);
		expect(large.length).toBeGreaterThan(3);
		for (const { name, body, contentType } of large) {
			const headers = { 'content-type': contentType };
			const sent = { method: 'POST', headers, body: new Uint8Array(body) };
			const response = await fetch(`http://127.0.0.1:${port}/`, sent);
			expect(await response.json(), name).toMatchObject({ status: 413 });
		}
	});

	it('is broken if its body ends early, and leaves no files if its sender disconnects', async () => {
		const cut = await beginUpload(FILE_HEAD, FILE_HEAD.length);
		const [answer] = (await once(cut, 'data')) as [Buffer];
		expect(answer.toString()).toContain('422');
		cut.destroy();
		const socket = await beginUpload(FILE_HEAD);
		while ((await remainingFolders()).length === 0) await sleep(5);
		socket.destroy();
		await nothingLeft();
	});
});

describe('slots', () => {
	it('are not occupied by bodies that are still arriving', async () => {
		const sockets = await Promise.all(Array.from({ length: 12 }, () => beginUpload(FILE_HEAD)));
		expect((await sent(formWith(['a.jpg', MEGABYTE]))).files).toHaveLength(1);
		for (const socket of sockets) socket.destroy();
	});

	it('are not all occupied by forms with PDFs', async () => {
		const drawn = Promise.withResolvers<void>();
		let inside = 0;
		page = async (form) => {
			if (form.get('body') !== 'PDF') return 'photo';
			inside += 1;
			await drawn.promise;
			return 'PDF';
		};
		const sentPdf = () => {
			const form = formWith();
			form.set('body', 'PDF');
			form.append('file', new File(['%PDF-1.7'], '', { type: 'application/octet-stream' }));
			return sent(form);
		};
		const pdfs = [sentPdf(), sentPdf()];
		while (inside === 0) await sleep(1);
		expect(await sent(formWith(['a.jpg', 7]))).toBe('photo');
		expect(inside).toBe(1);
		drawn.resolve();
		expect(await Promise.all(pdfs)).toEqual(['PDF', 'PDF']);
	});

	it('are occupied until the pages have responded, even if the sender disconnected', async () => {
		let inside = 0;
		let most = 0;
		let answered = 0;
		const disconnected = Promise.withResolvers<void>();
		page = async () => {
			inside += 1;
			most = Math.max(most, inside);
			await disconnected.promise;
			await sleep(30);
			inside -= 1;
			answered += 1;
		};
		const whole = `${FILE_HEAD}\r\n--BB--\r\n`;
		const sockets = await Promise.all(Array.from({ length: 8 }, () => beginUpload(whole, whole.length)));
		while (inside < 2) await sleep(1);
		for (const socket of sockets) socket.destroy();
		disconnected.resolve();
		await nothingLeft();
		// At most two of the four slots, because all uploads are from one sender.
		expect([most, answered >= 2]).toEqual([2, true]);
	});
});

it('uploads on one keep-alive connection leave no listeners and timers on it', async () => {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const counts: number[] = [];
	server.on('request', ({ socket }: IncomingMessage) => {
		counts.push(socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0));
	});
	for (let i = 0; i < 12; i++) {
		const encoded = new Response(formWith([`${crypto.randomUUID()}.jpg`, 70_000]));
		const body = Buffer.from(await encoded.arrayBuffer());
		const headers = { 'content-type': encoded.headers.get('content-type') ?? '', 'content-length': body.length };
		const call = send({ port, host: '127.0.0.1', method: 'POST', agent, headers });
		call.end(body);
		const [answer] = (await once(call, 'response')) as [IncomingMessage];
		await text(answer);
	}
	agent.destroy();
	expect(counts).toHaveLength(12);
	expect(Math.max(...counts)).toBeLessThanOrEqual((counts[1] ?? 0) + 1);
});

it('folders left by a crash are removed, but no upload that may still be arriving', async () => {
	for (const id of ['old', 'young']) await mkdir(uploadFolder(dataDir, id), { recursive: true });
	const yesterday = new Date(Date.now() - 86_400_000);
	await utimes(uploadFolder(dataDir, 'old'), yesterday, yesterday);
	await sweepUploads(dataDir);
	expect(await remainingFolders()).toEqual(['young']);
});
