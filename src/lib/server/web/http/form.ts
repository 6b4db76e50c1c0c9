import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { checkName, isTooLarge, refuseTooLarge, UNSAFE_NAMES } from './body-limits.ts';
import { readFormBody, type FormEntry } from './form-body.ts';
import { uploadedFiles } from './uploaded-files.ts';

/** The form as input for schemas: dots nest, repeated fields are lists, empty texts are absent. */
export interface ReadForm {
	data: Record<string, unknown>;
	files: File[];
	/** Every text as it was typed, by field name, to be shown again. */
	typed: Record<string, string | string[]>;
}

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
		const clean = value.replaceAll('\r\n', '\n').replaceAll('\0', '');
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
	for (const [name, texts] of textsByName(entries)) {
		const isList = lists.includes(name) || texts.length > 1;
		form.typed[name] = isList ? texts : (texts[0] ?? '');
		const given = texts.filter((text) => text.trim() !== '');
		if (given.length > 0) put(form.data, name, isList ? given : given[0]);
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
 * Reads a form without files whose answer may take long. Multipart bodies are refused, because an upload would occupy a place
 * during that time.
 */
export async function readTextForm(request: Request): Promise<ReadForm> {
	if (/^multipart\//i.test(request.headers.get('content-type') ?? ''))
		error(422, { message: m.error_form_unreadable() });
	return readForm(request);
}
