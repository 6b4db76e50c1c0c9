import type { SandboxStore } from './store.ts';

type Kind = 'text' | 'id' | 'flag' | 'null' | 'text_or_null' | 'text_or_false';

const KEYS: Readonly<Record<string, Kind>> = {
	title: 'text',
	content: 'text',
	channel: 'id',
	is_new_user_slider: 'flag',
	is_inbox: 'flag',
	is_disposisi_slider: 'flag',
	classification_id: 'id',
	disposition_id: 'id',
	category_id: 'id',
	priority_program_id: 'null',
	location_id: 'id',
	community_id: 'null',
	date_of_incident: 'text',
	copy_externals: 'null',
	info_disposition: 'text_or_null',
	info_attachments: 'text_or_null',
	tags_raw: 'text',
	is_approval: 'flag',
	is_anonymous: 'flag',
	is_secret: 'flag',
	is_priority: 'flag',
	attachments: 'text_or_false'
};

const OWN_ACCOUNT: Readonly<Record<string, Kind>> = { user_id: 'id' };
const NEW_ACCOUNT: Readonly<Record<string, Kind>> = { emailUser: 'text', nameUser: 'text', phoneUser: 'text' };

const FITS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
	text: (value) => typeof value === 'string' && value.trim() !== '',
	id: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0,
	flag: (value) => typeof value === 'boolean',
	null: (value) => value === null,
	text_or_null: (value) => value === null || typeof value === 'string',
	text_or_false: (value) => value === false || typeof value === 'string'
};

export type Errors = Record<string, string[]>;

/** What is wrong with the body of a create, by key; an empty record: nothing. */
export function createErrors(body: Record<string, unknown>, store: SandboxStore, trailingDot: boolean): Errors {
	const account = body['is_new_user_slider'] === true ? NEW_ACCOUNT : OWN_ACCOUNT;
	const wanted = { ...KEYS, ...account };
	const errors: Errors = {};
	for (const [key, kind] of Object.entries(wanted)) {
		if (!Object.hasOwn(body, key)) errors[key] = [`The ${key} field is required.`];
		else if (!FITS[kind](body[key])) errors[key] = [`The ${key} field is invalid.`];
	}
	for (const key of Object.keys(body))
		if (!Object.hasOwn(wanted, key)) errors[key] = [`The ${key} field is not expected.`];
	const own = { ...valueErrors(body), ...attachmentErrors(body['attachments'], store, trailingDot) };
	return { ...own, ...errors };
}

function valueErrors(body: Record<string, unknown>): Errors {
	const errors: Errors = {};
	const { title, date_of_incident: date, tags_raw: tags } = body;
	if (typeof title === 'string' && title.length > 100)
		errors['title'] = ['The title may not be greater than 100 characters.'];
	if (typeof date === 'string' && !(/^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date))))
		errors['date_of_incident'] = ['The date_of_incident does not match the format Y-m-d.'];
	if (typeof tags === 'string' && !/^#[A-Za-z0-9]+$/.test(tags))
		errors['tags_raw'] = ['The tags_raw format is invalid.'];
	return errors;
}

/** `"[1,2]."` or `"[1,2]"`, as configured; every id must be a file that was uploaded. */
function attachmentErrors(value: unknown, store: SandboxStore, trailingDot: boolean): Errors {
	if (typeof value !== 'string') return {};
	const shape = trailingDot ? /^\[(\d+(?:,\d+)*)\]\.$/ : /^\[(\d+(?:,\d+)*)\]$/;
	const match = shape.exec(value);
	if (!match) return { attachments: [`The attachments format is invalid, expected "[1,2]${trailingDot ? '.' : ''}".`] };
	const absent = (match[1] ?? '').split(',').filter((id) => !store.hasFile(Number(id)));
	return absent.length === 0 ? {} : { attachments: absent.map((id) => `The attachment ${id} does not exist.`) };
}

/** 2 MB as Laravel's `max:2048` counts them. */
const FILE_BYTES = 2048 * 1024;
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const DOCUMENT_TYPES = [
	'application/pdf',
	'application/msword',
	'application/vnd.ms-excel',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
];

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
