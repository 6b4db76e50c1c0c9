import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';

/** A form as the schemas take it: nested by dots, lists where a field repeats, empty text absent. */
export interface ReadForm {
	data: Record<string, unknown>;
	files: File[];
	/** Every text as it was typed, by field name, to be shown again. */
	typed: Record<string, string | string[]>;
}

const FILE_FIELD = 'file';
/** No field is called so, and an object that has one is no plain object any more. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

function put(target: Record<string, unknown>, path: string[], value: unknown): void {
	const [head = '', ...rest] = path;
	if (rest.length === 0) target[head] = value;
	else {
		const inner = target[head];
		if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) target[head] = {};
		put(target[head] as Record<string, unknown>, rest, value);
	}
}

/**
 * Reads a plain HTML form.
 *
 * @param lists names of fields that are lists even when sent once (check boxes)
 * @throws the error page (422) where the body is no form at all: there is nothing that could be shown again
 */
export async function readForm(request: Request, lists: readonly string[] = []): Promise<ReadForm> {
	let form: FormData;
	try {
		form = await request.formData();
	} catch {
		error(422, { message: m.error_form_unreadable() });
	}
	const read: ReadForm = { data: {}, files: [], typed: {} };
	for (const name of new Set(form.keys())) {
		const path = name.split('.');
		if (path.some((part) => UNSAFE.has(part))) continue;
		const values = form.getAll(name);
		if (name === FILE_FIELD) {
			read.files.push(
				...values.filter((value) => value instanceof File && (value.size > 0 || value.name !== '')).map(file)
			);
			continue;
		}
		const texts = values
			.filter((value) => typeof value === 'string')
			.map((text) => text.replaceAll('\r\n', '\n').replaceAll('\0', ''));
		const isList = lists.includes(name) || texts.length > 1;
		read.typed[name] = isList ? texts : (texts[0] ?? '');
		const given = texts.filter((text) => text.trim() !== '');
		if (given.length > 0) put(read.data, path, isList ? given : given[0]);
	}
	return read;
}

function file(value: FormDataEntryValue): File {
	return value as File;
}
