import { mkdir, open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { diskSpace } from '#lib/server/disk-space.ts';
import { fieldBytes, MAX_FIELDS, MAX_FILE_BYTES, MAX_FORM_BYTES, MAX_TEXT_BYTES, MOST_READ_BYTES } from './limits.ts';
import type { Refusal } from './upload-header.ts';

/** A form whose body has arrived. */
export interface ReceivedForm {
	/** The texts of the form, and a placeholder for each file. */
	form: FormData;
	/** Why the files were dropped; undefined if they were stored. */
	refused: Refusal | undefined;
	/** True if the body ended early or is no form. */
	broken: boolean;
}

interface Destination {
	/** The folder in which files are stored under their numbers. */
	folder: string;
	dataDir: string;
	/** Bytes that must stay free on the disk. */
	reserve: number;
	/** Called for each piece of a file. Returns a reason to drop the files. */
	refusal: () => Refusal | undefined;
}

/**
 * Reads the body of a form to its end, texts into memory and files into a folder, at most one byte more than allowed.
 * After the files are refused it still reads on and keeps the texts, because a browser shows no response before it has
 * sent everything.
 *
 * @throws SenderGone if the connection ended early
 */
export async function receiveForm(request: IncomingMessage, to: Destination): Promise<ReceivedForm> {
	const received: ReceivedForm = { form: new FormData(), refused: undefined, broken: false };
	const { form } = received;
	let parser: BusboyInstance;
	try {
		parser = new Busboy({
			headers: request.headers as BusboyHeaders,
			limits: {
				fields: MAX_FIELDS,
				fieldSize: MAX_TEXT_BYTES,
				files: MAX_FIELDS,
				fileSize: MAX_FILE_BYTES + 1,
				headerPairs: 20
			}
		});
	} catch {
		received.broken = true;
		request.resume();
		await drained(request);
		return received;
	}
	const hasRoom = spaceCheck(to.dataDir, to.reserve);
	const length = Number(request.headers['content-length'] ?? 0);
	if (length > MAX_FORM_BYTES) received.refused = 'too_large';
	else if (!(await hasRoom(length))) received.refused = 'no_room';
	const refuse = (reason: Refusal) => (received.refused ??= reason);
	/** Drops the files because the disk refused one, whether it is full, read-only or broken. */
	const fail = (error: unknown) => {
		if (!received.refused)
			process.stderr.write(`spatula: a file of a form can't be stored: ${(error as Error).message}\n`);
		refuse('no_room');
	};
	if (!received.refused) await mkdir(to.folder, { recursive: true, mode: 0o700 }).catch(fail);

	const streams: BusboyFileStream[] = [];
	const stored: Promise<() => void>[] = [];
	let textBytes = 0;
	parser.on('field', (name: string | undefined, value: string, _: boolean, cut: boolean) => {
		textBytes += fieldBytes(name, value);
		if (cut || textBytes > MAX_TEXT_BYTES) parser.destroy(new TooMuch());
		else if (name !== undefined) form.append(name, value);
	});
	parser.on('file', (name: string | undefined, stream: BusboyFileStream, fileName: string | undefined, _, type) => {
		const number = streams.push(stream) - 1;
		const mayStore = async (bytes: number) => {
			const reason = to.refusal();
			if (reason) refuse(reason);
			else if (!(await hasRoom(bytes))) refuse('no_room');
			return received.refused === undefined;
		};
		const store = async () => {
			const bytes = await storeFile(stream, join(to.folder, String(number)), mayStore, fail);
			// A chosen but empty file stays in the form, so that the page can report it.
			const placeholder = new File(bytes > 0 ? [String(number)] : [], fileName ?? '', { type });
			return () => {
				if (name !== undefined && (bytes > 0 || fileName)) form.append(name, placeholder);
			};
		};
		stored.push(store());
	});
	let read = 0;
	request.on('data', (chunk: Buffer) => {
		read += chunk.length;
		if (read > MAX_FORM_BYTES) refuse('too_large');
		if (read > MOST_READ_BYTES) request.destroy();
	});
	for (const limit of ['fieldsLimit', 'filesLimit'] as const) parser.on(limit, () => parser.destroy(new TooMuch()));
	try {
		await parsed(request, parser);
	} catch (error) {
		for (const stream of streams) stream.destroy();
		if (error instanceof SenderGone) throw error;
		if (error instanceof TooMuch) refuse('too_much');
		else received.broken = true;
	} finally {
		for (const append of await Promise.all(stored)) append();
	}
	return received;
}

/** Reads a file of the body to its end. @returns its size in bytes, whether stored or not */
async function storeFile(
	stream: BusboyFileStream,
	path: string,
	mayStore: (bytes: number) => Promise<boolean>,
	fail: (error: unknown) => void
): Promise<number> {
	let bytes = 0;
	let file: Awaited<ReturnType<typeof open>> | undefined;
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			try {
				if (!(await mayStore(chunk.length))) continue;
				file ??= await open(path, 'wx', 0o600);
				await file.writeFile(chunk);
			} catch (error) {
				fail(error);
			}
		}
	} catch {
		// The body ended inside this file. The parser reports this for the whole body.
	} finally {
		await file?.close().catch(fail);
	}
	return bytes;
}

/**
 * The form has more fields or text than allowed. Parsing is stopped, because parsing a hundred thousand parts takes a
 * second.
 */
class TooMuch extends Error {}

/** The connection ended before the whole body arrived, so there is nobody to respond to. */
export class SenderGone extends Error {}

/** Resolves when the parser has read the whole body. @throws SenderGone, or the parser's error */
async function parsed(request: IncomingMessage, parser: BusboyInstance): Promise<void> {
	const read = new Promise<void>((resolve, reject) => {
		parser.once('finish', resolve);
		parser.on('error', (error) => {
			request.unpipe(parser);
			reject(error as Error);
		});
	});
	request.pipe(parser);
	// The rest of a body that the parser gave up is read and dropped, so that the response reaches the sender.
	read.catch(() => request.resume());
	await Promise.all([drained(request), read.catch(() => {})]);
	return read;
}

/** Resolves when the whole body has been read from its connection. @throws SenderGone */
function drained(request: IncomingMessage): Promise<void> {
	return new Promise((resolve, reject) => {
		const gone = () => {
			if (!request.readableEnded) reject(new SenderGone());
		};
		if (request.readableEnded) resolve();
		else if (request.destroyed) gone();
		request.once('end', resolve);
		request.once('close', gone);
	});
}

/** Bytes that may be written before the free space is read again. */
const STEP = 1024 * 1024;

/**
 * Counts what one upload writes against the disk reserve.
 * @returns a function that says whether `bytes` more may be written to `folder` and leave `reserve` bytes free
 */
function spaceCheck(folder: string, reserve: number): (bytes: number) => Promise<boolean> {
	let granted = 0;
	return async (bytes) => {
		if (granted < bytes) {
			const { free } = await diskSpace(folder);
			if (free - reserve < bytes + STEP) return false;
			granted = bytes + STEP;
		}
		granted -= bytes;
		return true;
	};
}
