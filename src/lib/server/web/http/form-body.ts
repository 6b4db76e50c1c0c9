import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { MAX_FIELDS, MAX_TEXT_BYTES } from '#lib/server/uploads/handover.ts';
import { BodyTooLarge, MAX_NAME_LENGTH } from './body-limits.ts';

/** A field of a form: its name, and its text or file. */
export type FormEntry = [name: string, value: string | File];

/** Bytes of the headers of one part: a name, a file name and a media type. */
const MAX_PART_HEAD = 4096;
/** Bytes given to the parser at once: a body above a limit is left after a few of them. */
const SLICE = 16 * 1024;
/** Characters of a file's name; no file system has longer ones. */
const MAX_FILE_NAME = 255;

/**
 * Reads the fields of a form body in their order. `Request.formData()` has no limits on names, fields and texts.
 *
 * @throws BodyTooLarge above a limit · Error if the body is no form
 */
export async function readFormBody(request: Request): Promise<FormEntry[]> {
	const body = Buffer.from(await request.arrayBuffer());
	const entries: FormEntry[] = [];
	let textBytes = 0;
	const parser = new Busboy({
		headers: { 'content-type': request.headers.get('content-type') ?? '' },
		isPartAFile: (_name, _type, fileName) => fileName !== undefined,
		limits: {
			fieldNameSize: MAX_NAME_LENGTH,
			fieldSize: MAX_TEXT_BYTES,
			// One byte more than allowed is read, to detect the excess.
			fields: MAX_FIELDS + 1,
			parts: MAX_FIELDS + 1,
			headerSize: MAX_PART_HEAD
		}
	});
	let refusal: Error | undefined;
	const refuse = (cause: unknown) => (refusal ??= cause as Error);
	const tooLarge = () => refuse(new BodyTooLarge());
	const add = (name: string | undefined, entry: FormEntry) => {
		if (name === undefined) refuse(new Error('a part has no name'));
		else if (entries.push(entry) > MAX_FIELDS) tooLarge();
	};
	parser.on('field', (name: string | undefined, text, nameCut, textCut) => {
		textBytes += Buffer.byteLength(text);
		if (nameCut || textCut || textBytes > MAX_TEXT_BYTES) tooLarge();
		else add(name, [name ?? '', text]);
	});
	parser.on('file', (name: string | undefined, stream, fileName, _encoding, type) => {
		if (fileName.length > MAX_FILE_NAME) tooLarge();
		// Reserve the position now: this stream may end after the next field has arrived.
		const entry: FormEntry = [name ?? '', ''];
		add(name, entry);
		const chunks: Buffer<ArrayBuffer>[] = [];
		stream.on('error', refuse);
		stream.on('data', (chunk: Buffer<ArrayBuffer>) => chunks.push(chunk));
		stream.once('end', () => (entry[1] = new File(chunks, fileName, { type })));
	});
	parser.on('error', refuse);
	// The parser itself continues to the end of its input.
	for (let at = 0; at < body.length && !refusal; at += SLICE) {
		await new Promise((written) => parser.write(body.subarray(at, at + SLICE), written));
	}
	if (!refusal) await finished(parser.end()).catch(refuse);
	if (refusal) throw refusal;
	return entries;
}
