import { z } from 'zod';
import type { SandboxStore } from './store.ts';

const text = z.string().refine((value) => value.trim() !== '', 'The field is empty.');
const id = z.int().positive();
const flag = z.boolean();

const KEYS = {
	title: text.max(100, 'The title may not be greater than 100 characters.'),
	content: text,
	channel: id,
	is_new_user_slider: flag,
	is_inbox: flag,
	is_disposisi_slider: flag,
	classification_id: id,
	disposition_id: id,
	category_id: id,
	priority_program_id: z.null(),
	location_id: id,
	community_id: z.null(),
	date_of_incident: z.iso.date('The date_of_incident does not match the format Y-m-d.'),
	copy_externals: z.null(),
	info_disposition: z.string().nullable(),
	info_attachments: z.string().nullable(),
	tags_raw: z.string().regex(/^#[A-Za-z0-9]+$/, 'The tags_raw format is invalid.'),
	is_approval: flag,
	is_anonymous: flag,
	is_secret: flag,
	is_priority: flag
};
const OWN_ACCOUNT = { user_id: id };
const NEW_ACCOUNT = { emailUser: text, nameUser: text, phoneUser: text };

export type Errors = Record<string, string[]>;

/** The errors in the body of a create, by key; empty if it is valid. */
export function createErrors(body: Record<string, unknown>, store: SandboxStore, trailingDot: boolean): Errors {
	const account = body['is_new_user_slider'] === true ? NEW_ACCOUNT : OWN_ACCOUNT;
	const attachments = z.union([z.literal(false), attachmentIds(store, trailingDot)]);
	const { error } = z.strictObject({ ...KEYS, ...account, attachments }).safeParse(body);
	const errors: Errors = {};
	for (const issue of error?.issues ?? [])
		for (const key of issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])])
			errors[key] = [Object.hasOwn(body, key) ? issue.message : `The ${key} field is required.`];
	return errors;
}

/** `"[1,2]."` or `"[1,2]"`, as configured. Every id must belong to an uploaded file. */
const attachmentIds = (store: SandboxStore, trailingDot: boolean) =>
	z
		.string()
		.regex(
			trailingDot ? /^\[\d+(,\d+)*\]\.$/ : /^\[\d+(,\d+)*\]$/,
			`The attachments format is invalid, expected "[1,2]${trailingDot ? '.' : ''}".`
		)
		.refine(
			(value) => value.match(/\d+/g)?.every((number) => store.hasFile(Number(number))),
			'An attachment does not exist.'
		);

/** 2 MB, as Laravel's `max:2048` counts. */
const FILE_BYTES = 2048 * 1024;
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const DOCUMENT_TYPES = [
	'application/pdf',
	'application/msword',
	'application/vnd.ms-excel',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
];

export function fileErrors(files: readonly unknown[]): Errors {
	const errors: Errors = {};
	files.forEach((file, index) => {
		const key = `attachments.${index}`;
		if (!(file instanceof File)) errors[key] = [`The ${key} must be a file.`];
		else if (file.size > FILE_BYTES) errors[key] = [`The ${key} may not be greater than 2048 kilobytes.`];
		else if (![...IMAGE_TYPES, ...DOCUMENT_TYPES].includes(file.type))
			errors[key] = [`The ${key} must be an image or a document.`];
	});
	return errors;
}
