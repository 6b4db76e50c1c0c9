import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { env } from '#lib/server/env.ts';
import { FilesRefused } from '#lib/server/errors.ts';
import { fieldBytes, MAX_FIELDS, MAX_TEXT_BYTES } from '#lib/server/uploads/limits.ts';
import { type Refusal, UPLOAD_HEADER, uploadFolder } from '#lib/server/uploads/upload-header.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { BodyTooLarge, checkName, isTooLarge, MAX_NAME_LENGTH, refuseTooLarge, UNSAFE_NAMES } from './body-limits.ts';

/** The form as input for schemas: dots in names nest, repeated fields become lists, empty texts are left out. */
export interface ReadForm {
	data: Record<string, unknown>;
	files: File[];
	/** Every text as typed and the names of the files, by field name, for showing the form again. */
	typed: Record<string, string | string[]>;
}
export type Typed = ReadForm['typed'];

/** What a person wrote, for a page on which it can be copied because the form can't be shown again. */
export const writtenText = ({ typed }: Pick<ReadForm, 'typed'>): string | undefined =>
	['body', 'words', 'comment', 'suggestion'].map((name) => String(typed[name] ?? '').trim()).find(Boolean);

const FILE_FIELD = 'file';

function put(target: Record<string, unknown>, name: string, value: unknown): void {
	const path = name.split('.');
	const last = path.pop() ?? '';
	let inner = target;
	for (const part of path) {
		const present = inner[part];
		const isObject = typeof present === 'object' && present !== null && !Array.isArray(present);
		const next = isObject ? (present as Record<string, unknown>) : {};
		inner[part] = next;
		inner = next;
	}
	inner[last] = value;
}

/** The texts of each field in the order of the form. @throws BodyTooLarge if a name is too long or too deep */
function textsByName(entries: readonly FormEntry[]): Map<string, string[]> {
	const texts = new Map<string, string[]>();
	for (const [name, value] of entries) {
		checkName(name);
		if (name === FILE_FIELD || typeof value !== 'string') continue;
		if (name.split('.').some((part) => UNSAFE_NAMES.has(part))) continue;
		const clean = storableText(value);
		const present = texts.get(name);
		if (present) present.push(clean);
		else texts.set(name, [clean]);
	}
	return texts;
}

function read(entries: readonly FormEntry[], lists: readonly string[]): ReadForm {
	const form: ReadForm = { data: {}, files: [], typed: {} };
	for (const [name, value] of entries) {
		// Browsers send an empty file if none was chosen.
		if (name === FILE_FIELD && value instanceof File && (value.size > 0 || value.name !== '')) form.files.push(value);
	}
	if (form.files.length > 0) form.typed[FILE_FIELD] = form.files.map((file) => file.name);
	for (const [name, texts] of textsByName(entries)) {
		const isList = lists.includes(name) || texts.length > 1;
		form.typed[name] = isList ? texts : (texts[0] ?? '');
		const nonEmpty = texts.filter((text) => text.trim() !== '');
		if (nonEmpty.length > 0) put(form.data, name, isList ? nonEmpty : nonEmpty[0]);
	}
	return form;
}

/**
 * Reads a plain HTML form within the limits of `body-limits.ts`.
 *
 * @param lists names of fields that are lists even when sent once (check boxes)
 * @throws the error page: 413 above a limit, 422 if the body is no form. In both cases no fields can be shown again.
 */
export async function readForm(request: Request, lists: readonly string[] = []): Promise<ReadForm> {
	try {
		const form = read(await readFormBody(request), lists);
		form.files = await uploadedFiles(request, form.files);
		return form;
	} catch (cause) {
		if (isTooLarge(cause)) refuseTooLarge();
		error(422, { message: m.error_form_unreadable() });
	}
}

/**
 * Reads a form without files whose processing may take long. Uploads are refused, because they would occupy an upload
 * slot during that time.
 */
export async function readTextForm(request: Request): Promise<ReadForm> {
	if (request.headers.has(UPLOAD_HEADER)) error(422, { message: m.error_form_unreadable() });
	return readForm(request);
}

/** A field of a form: its name, and its text or file. */
type FormEntry = [name: string, value: string | File];

/** Bytes of the headers of one part: a name, a file name and a media type. */
const MAX_PART_HEAD = 4096;
/** Bytes given to the parser at once. After a few of them, a body above a limit is read no further. */
const SLICE = 16 * 1024;
/** Characters of a file's name; no file system has longer ones. */
const MAX_FILE_NAME = 255;

/**
 * Reads the fields of a form body in their order. `Request.formData()` has no limits on names, fields and texts.
 *
 * @throws BodyTooLarge above a limit · Error if the body is no form
 */
async function readFormBody(request: Request): Promise<FormEntry[]> {
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
		textBytes += fieldBytes(name, text);
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

/**
 * A file that was dropped while it arrived. Reading it throws the reason, and the form is shown again with its text.
 */
class RefusedFile extends File {
	readonly #reason: Exclude<Refusal, 'too_much'>;
	constructor(standIn: File, reason: Exclude<Refusal, 'too_much'>) {
		super([standIn], standIn.name, { type: standIn.type });
		this.#reason = reason;
	}
	override arrayBuffer = () => Promise.reject(new FilesRefused(this.#reason));
	override text = () => Promise.reject(new FilesRefused(this.#reason));
}

/** The upload that the production entry stored for this request; undefined if it passed the body on unchanged. */
function uploadOf(request: Request): { refused: Refusal } | { stored: string } | undefined {
	const [state, value = ''] = (request.headers.get(UPLOAD_HEADER) ?? '').split(' ');
	if (state === 'refused') return { refused: value as Refusal };
	return state === 'stored' ? { stored: value } : undefined;
}

/**
 * Returns the files of a form that the entry has stored. Their content is read from disk when needed, until the
 * response was sent.
 *
 * @throws BodyTooLarge if the form has too many fields or too much text
 */
async function uploadedFiles(request: Request, standIns: readonly File[]): Promise<File[]> {
	const upload = uploadOf(request);
	if (!upload) return [...standIns];
	if ('refused' in upload) {
		const { refused } = upload;
		if (refused === 'too_much') throw new BodyTooLarge();
		return standIns.map((standIn) => new RefusedFile(standIn, refused));
	}
	return Promise.all(
		standIns.map(async (standIn) => {
			const path = join(uploadFolder(env().DATA_DIR, upload.stored), await standIn.text());
			const { name, type } = standIn;
			return standIn.size === 0 ? standIn : new File([await openAsBlob(path)], name, { type });
		})
	);
}
