import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { uploadFolder, UPLOAD_HEADER } from './handover.ts';
import { UploadSlots } from './upload-slots.ts';
import { receiveForm, SenderGone, type ReceivedForm } from './receive.ts';
import { watchPace } from './slow-senders.ts';

/** Uploads worked on at once, each with up to 50 MB of files in memory, and how many of them one sender may have. */
const slots = new UploadSlots(4, 2);
const WAIT_MS = 20_000;

interface Upload {
	/** The network of the sender's address. */
	sender: string;
	dataDir: string;
	/** Bytes of the disk that stay free. */
	reserve: number;
	/** Answers the request it is given, by the pages. */
	answer: (request: IncomingMessage) => void;
}

/**
 * Answers a large form: its body is received first, and only then does it wait for a slot. A slow sender holds a
 * connection and a file, and nobody else waits for it. A form whose files can't be taken reaches the pages without them.
 */
export async function takeUpload(
	request: IncomingMessage,
	response: ServerResponse,
	{ sender, dataDir, reserve, answer }: Upload
): Promise<void> {
	const id = randomUUID();
	const folder = uploadFolder(dataDir, id);
	const isTooSlow = watchPace(request, sender);
	let leave: (() => void) | undefined;
	try {
		const refusal = () => (isTooSlow() ? 'slow' : undefined);
		const received = await receiveForm(request, { folder, dataDir, reserve, refusal });
		if (!received.refused && !received.broken) {
			leave = await slots.enter(sender, WAIT_MS);
			if (!leave) received.refused = 'busy';
		}
		const { refused } = received;
		const done = answered(response);
		answer(await standIn(request, received, refused ? `refused ${refused}` : `stored ${id}`));
		await done;
	} catch (error) {
		if (!(error instanceof SenderGone)) process.stderr.write(`spatula: an upload failed: ${(error as Error).stack}\n`);
		response.destroy();
	} finally {
		leave?.();
		await removeFolder(folder);
	}
}

/** A folder that can't be removed is logged; the site goes on. */
async function removeFolder(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true }).catch((error: Error) =>
		process.stderr.write(`spatula: ${folder} was not removed: ${error.message}\n`)
	);
}

/** Longer than any upload may take. */
const LEFT_BEHIND_MS = HOUR_MS;

/** Removes what a crash left behind. Another process may be receiving into the same folder: its uploads are younger. */
export async function sweepUploads(dataDir: string): Promise<void> {
	const before = now().getTime() - LEFT_BEHIND_MS;
	for (const id of await readdir(uploadFolder(dataDir, '.')).catch(() => [])) {
		const folder = uploadFolder(dataDir, id);
		const found = await stat(folder).catch(() => undefined);
		if (found && found.mtimeMs < before) await removeFolder(folder);
	}
}

/** Resolves when the pages begin their answer, also where the sender went away before: until then the files are in use. */
function answered(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
		response.writeHead = (...args: unknown[]) => {
			resolve();
			return writeHead(...args);
		};
	});
}

/** The request as the pages' handler reads it: the same in all but its body. */
async function standIn(
	request: IncomingMessage,
	{ form, broken }: ReceivedForm,
	upload: string
): Promise<IncomingMessage> {
	const { method, url, httpVersionMajor, socket } = request;
	const encoded = new Response(form);
	const body = broken ? Buffer.from('broken') : Buffer.from(await encoded.arrayBuffer());
	const headers: IncomingHttpHeaders = { ...request.headers, 'content-length': String(body.length) };
	delete headers['transfer-encoding'];
	if (!broken) {
		headers['content-type'] = encoded.headers.get('content-type') ?? '';
		headers[UPLOAD_HEADER] = upload;
	}
	return Object.assign(Readable.from([body]), { method, url, httpVersionMajor, socket, headers }) as IncomingMessage;
}
