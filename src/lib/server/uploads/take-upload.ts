import { open, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { uploadFolder, UPLOAD_HEADER } from './upload-header.ts';
import { UploadSlots } from './upload-slots.ts';
import { receiveForm, SenderGone, type ReceivedForm } from './receive.ts';
import { watchPace } from './slow-senders.ts';

/**
 * At most four uploads are processed at once, each with up to 50 MB of files in memory, and at most two of one sender.
 */
const slots = new UploadSlots(4, 2);
/**
 * At most two of these have a PDF, one of each sender. They wait for each other, because one PDF is drawn at a time,
 * and photos must not wait for them.
 */
const pdfSlots = new UploadSlots(2, 1);
const WAIT_MS = 20_000;

interface Upload {
	/** The sender's network, from the address. */
	sender: string;
	dataDir: string;
	/** Bytes that must stay free on the disk. */
	reserve: number;
	/** Lets the pages respond to the request that it gets. */
	respond: (request: IncomingMessage) => void;
}

/**
 * Receives a large form and lets the pages respond. The form waits for a slot only after its whole body has arrived, so
 * a slow sender occupies a connection and a file but delays nobody else. A form whose files are refused reaches the
 * pages without them.
 */
export async function takeUpload(
	request: IncomingMessage,
	response: ServerResponse,
	{ sender, dataDir, reserve, respond }: Upload
): Promise<void> {
	const id = crypto.randomUUID();
	const folder = uploadFolder(dataDir, id);
	const isTooSlow = watchPace(request, sender);
	const held: (() => void)[] = [];
	try {
		const refusal = () => (isTooSlow() ? 'slow' : undefined);
		const received = await receiveForm(request, { folder, dataDir, reserve, refusal });
		if (!received.refused && !received.broken) {
			for (const limit of (await hasPdf(folder)) ? [pdfSlots, slots] : [slots]) {
				const leave = await limit.enter(sender, WAIT_MS);
				if (!leave) {
					received.refused = 'busy';
					break;
				}
				held.push(leave);
			}
		}
		const { refused } = received;
		const done = responseBegun(response);
		respond(await requestForPages(request, received, refused ? `refused ${refused}` : `stored ${id}`));
		await done;
	} catch (error) {
		if (!(error instanceof SenderGone)) process.stderr.write(`spatula: an upload failed: ${(error as Error).stack}\n`);
		response.destroy();
	} finally {
		for (const leave of held) leave();
		await removeFolder(folder);
	}
}

/** Whether one of the files begins as a PDF. Names and types are from the sender, so they do not count. */
async function hasPdf(folder: string): Promise<boolean> {
	for (const name of await readdir(folder).catch(() => [])) {
		const file = await open(join(folder, name));
		const { buffer } = await file.read(Buffer.alloc(8), 0, 8).finally(() => file.close());
		if (buffer.includes('%PDF')) return true;
	}
	return false;
}

/** Removes a folder. A failure is logged, and the site continues. */
async function removeFolder(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true }).catch((error: Error) =>
		process.stderr.write(`spatula: ${folder} was not removed: ${error.message}\n`)
	);
}

/** Older folders are from a crash, because no upload may take this long. */
const ABANDONED_MS = HOUR_MS;

/** Removes folders left by a crash. Another process may be receiving uploads in the same folder, which are younger. */
export async function sweepUploads(dataDir: string): Promise<void> {
	const before = now().getTime() - ABANDONED_MS;
	for (const id of await readdir(uploadFolder(dataDir, '.')).catch(() => [])) {
		const folder = uploadFolder(dataDir, id);
		const found = await stat(folder).catch(() => undefined);
		if (found && found.mtimeMs < before) await removeFolder(folder);
	}
}

/**
 * Resolves when the pages begin their response, even if the sender has disconnected. Until then the files are in use.
 */
function responseBegun(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
		response.writeHead = (...args: unknown[]) => {
			resolve();
			return writeHead(...args);
		};
	});
}

/** Makes the request for the pages' handler: the same request with another body. */
async function requestForPages(
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
