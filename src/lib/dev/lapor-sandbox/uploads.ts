import { createHash } from 'node:crypto';
import type { Errors } from './create-check.ts';
import { invalid, wrongType, type Context } from './handler.ts';
import { contentType, formBody, json, type Answer, type Incoming } from './http.ts';
import type { SandboxStore } from './store.ts';

/** 2 MB as Laravel's `max:2048` counts them. */
const FILE_BYTES = 2048 * 1024;
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const DOCUMENT_TYPES = [
	'application/pdf',
	'application/msword',
	'application/vnd.ms-excel',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
];

/** Takes files; images and documents are answered apart, and the key without any is left out. */
export async function upload({ store }: Context, incoming: Incoming): Promise<Answer> {
	if (contentType(incoming) !== 'multipart/form-data') return wrongType('multipart/form-data');
	const files = (await formBody(incoming))?.getAll('attachments[]') ?? [];
	if (files.length === 0) return invalid({ attachments: ['The attachments field is required.'] });
	const errors = fileErrors('attachments', files);
	if (Object.keys(errors).length > 0) return invalid(errors);
	const stored = await Promise.all(files.filter((file) => file instanceof File).map((file) => keep(store, file)));
	const images = stored.filter(({ type }) => IMAGE_TYPES.includes(type)).map(({ id }) => ({ id }));
	const docs = stored.filter(({ type }) => !IMAGE_TYPES.includes(type)).map(({ id }) => ({ id }));
	const results = { ...(images.length > 0 ? { images } : {}), ...(docs.length > 0 ? { docs } : {}) };
	return json(200, { status: 200, message: 'Success', results });
}

/** What is wrong with files, by their place. */
export function fileErrors(field: string, files: readonly unknown[]): Errors {
	const errors: Errors = {};
	files.forEach((file, index) => {
		if (!(file instanceof File)) errors[`${field}.${index}`] = [`The ${field}.${index} must be a file.`];
		else if (file.size > FILE_BYTES)
			errors[`${field}.${index}`] = [`The ${field}.${index} may not be greater than 2048 kilobytes.`];
		else if (![...IMAGE_TYPES, ...DOCUMENT_TYPES].includes(file.type))
			errors[`${field}.${index}`] = [`The ${field}.${index} must be an image or a document.`];
	});
	return errors;
}

async function keep(store: SandboxStore, file: File) {
	const sha256 = createHash('sha256')
		.update(Buffer.from(await file.arrayBuffer()))
		.digest('hex');
	return store.addFile({ name: file.name, type: file.type, bytes: file.size, sha256 });
}
