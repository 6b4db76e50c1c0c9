import { firstCharacters } from '#lib/text/cut-text.ts';
import { at, listAt, textAt } from '../foreign-text.ts';
import { plainName } from './tracking.ts';
import type { Exchange } from './types.ts';

/** Requested rows per look-up. A gateway may return fewer. */
export const LOOKUP_ROWS = 20;

/** A gateway that does not say whether there are more rows probably returns at least this many per page. */
export const LEAST_PAGE_ROWS = 10;

/** A tracking id: 4 to 10 digits, kept as text. A leading # is removed. Undefined for anything else. */
export function trackingId(value: unknown): string | undefined {
	const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
	if (typeof text !== 'string') return undefined;
	return /^#?(\d{4,10})$/.exec(text.trim())?.[1];
}

/**
 * Where a response may have the id of the created report. A bare `id` is not used, because it may be the id of a
 * ticket, a log or an account.
 */
const CREATED_ID = [
	['complaint_id'],
	['results', 'complaint', 'id'],
	['results', 'complaint_id'],
	['results', 'data', 'complaint_id'],
	['data', 'complaint_id'],
	['data', 'complaint', 'id'],
	['complaint', 'id']
] as const;

/** The id of a created report; undefined if the response has no readable one. */
export const readCreatedId = (json: unknown): string | undefined =>
	CREATED_ID.map((keys) => trackingId(at(json, ...keys))).find((id) => id !== undefined);

/**
 * Ids of uploaded files, first those of images, then those of documents. Send one file per call to know which id
 * belongs to it.
 */
export function readUploadIds(json: unknown): string[] {
	const files = [...listAt(json, 'results', 'images'), ...listAt(json, 'results', 'docs')];
	return [...new Set(files.map((file) => textAt(file, 'id')).filter((id) => id !== undefined))];
}

/** The id of an accepted follow-up. The response's shape isn't documented. */
export const readFollowupId = (json: unknown): string | undefined =>
	textAt(json, 'results', 'data', 'id') ??
	textAt(json, 'results', 'followup', 'id') ??
	textAt(json, 'results', 'id') ??
	textAt(json, 'followup_id');

interface RefusalReason {
	text: string;
	/** The reasons for single keys of the report. */
	fields: readonly { field: string; text: string }[];
}

/**
 * Keys that contain reasons, at the root or in an envelope, and up to `REASON_DEPTH` levels below: `error.message`,
 * `errors.title.required`, `errors[0].detail`.
 */
const REASON_KEYS = [
	...(['message', 'messages', 'error_description', 'error_message', 'errorMessage', 'error', 'errors'] as const),
	...(['reason', 'detail', 'description', 'msg', 'pesan', 'keterangan', 'fault', 'validation'] as const)
];
/** Keys under which a response gives a code instead of a reason, such as `REFERENCE_EXISTS`. */
const CODE_KEYS = ['code', 'error_code', 'errorCode', 'type'] as const;
/** Keys that wrap the content of a response. */
const ENVELOPES = ['results', 'data', 'meta', 'result', 'response', 'status'] as const;
/** Keys of the name of the field that a reason is about. */
const FIELD_KEYS = ['field', 'param', 'property'] as const;
const REASON_DEPTH = 4;

/** Two words in a row: a number, code or time is not a reason. */
const WORDS = /\p{L}{2,}\s+\p{L}{2,}/u;

/**
 * The reason for a refusal in a JSON response; undefined if the response has none. Shapes differ between gateways. If a
 * 4xx has no known key, every text of two words counts, and every text in a field's list: `{"category_id":["Wajib"]}`.
 * Without a reason, the refusal of one report would halt the connection.
 */
export function readReason(json: unknown, status = 0): RefusalReason | undefined {
	const sources = [json, ...ENVELOPES.map((key) => at(json, key))];
	const bareReasons = typeof json === 'string' || Array.isArray(json) ? reasonsIn(json) : [];
	const known = [
		...bareReasons,
		...sources.flatMap((source) =>
			REASON_KEYS.flatMap((key) => valuesAt(source, key).flatMap((value) => reasonsIn(value)))
		)
	];
	// At the root, a text `title` is a summary (RFC 9457). At deeper levels it is a field of the report.
	const title = at(json, 'title');
	if (known.length === 0 && typeof title === 'string') known.push(...reasonsIn(title));
	const reasons = known.length === 0 && status >= 400 && status < 500 ? wordsIn(json) : known;
	const all = reasons.map(({ field, text }) => (field ? `${field}: ${text}` : text));
	const fields = reasons.flatMap(({ field, text }) => (field ? [{ field, text }] : []));
	return all.length === 0 ? undefined : { text: firstCharacters([...new Set(all)].join(' · '), 500), fields };
}

/** Some gateways write `Message` or `ERRORS`. */
const isSameKey = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const valuesAt = (source: unknown, key: string): unknown[] =>
	Object.entries(Object(source) as object).flatMap(([one, value]) => (isSameKey(one, key) ? [value as unknown] : []));

interface FoundReason {
	field: string | undefined;
	text: string;
}

function reasonsIn(value: unknown, field?: string, depth = 0): FoundReason[] {
	if (depth > REASON_DEPTH) return [];
	if (Array.isArray(value)) return value.flatMap((entry: unknown) => reasonsIn(entry, field, depth + 1));
	if (typeof value !== 'object' || value === null) {
		const text = textAt(value);
		return text === undefined ? [] : [{ field, text }];
	}
	const reasons = REASON_KEYS.flatMap((key) => Object.keys(value).filter((one) => isSameKey(one, key)));
	const others = Object.entries(value).filter(
		([key, entry]) => !reasons.includes(key) && (reasons.length === 0 || typeof entry === 'object')
	);
	// `[{"field": "title", "message": …}]`
	const named = field ?? FIELD_KEYS.map((key) => textAt(value, key)).find(Boolean);
	return [
		...reasons.flatMap((key) => reasonsIn(at(value, key), named, depth + 1)),
		...others.flatMap(([key, entry]) => reasonsIn(entry, field ?? key, depth + 1))
	];
}

function wordsIn(value: unknown, field?: string, pattern = WORDS): FoundReason[] {
	if (typeof value === 'string') return reasonsIn(value, field).filter(({ text }) => pattern.test(text));
	if (Array.isArray(value)) return value.flatMap((entry: unknown) => wordsIn(entry, field, field ? /\p{L}/u : WORDS));
	return Object.entries(value ?? {}).flatMap(([key, entry]) =>
		wordsIn(entry, ENVELOPES.includes(key as never) ? field : (field ?? key))
	);
}

/** Phrases for "exists already", also in error codes, which are split into words before. "Does not exist" and "tidak terdaftar" must not match. */
const EXISTS =
	/(?:already|sudah(?: pernah)?|telah)(?: been)? (?:exists?|in use|registered|taken|used|submitted|ada|terdaftar|tercatat|digunakan|dipakai|dikirim)|(?<!no longer )exists|(?<!not )in use|duplicate|duplikat/
		.source;
const REFERENCE = /(?:reference|referensi|rujukan|tags raw|tag(?! \S*\d)|tagar)/.source;
const REFERENCE_EXISTS = new RegExp(
	String.raw`\b${REFERENCE}\b[^·]{0,60}\b(?:${EXISTS})\b|\b(?:${EXISTS})\b[^·.]{0,40}\b${REFERENCE}\b`,
	'is'
);
const ANY_EXISTS = new RegExp(String.raw`\b(?:${EXISTS})\b`, 'i');

/**
 * Whether a refusal says, in words or by a code, that a report with our reference already exists. The text of a 4xx
 * counts too if it is not JSON.
 *
 * @param reference our reference, which the text may repeat
 */
export const saysReferenceExists = (seen: Partial<Exchange>, reference: string): boolean =>
	REFERENCE_EXISTS.test(wordsOfRefusal(seen, reference));

/** Whether a refusal says that something already exists, and may mean a report. */
export const saysExists = (seen: Partial<Exchange>): boolean => ANY_EXISTS.test(wordsOfRefusal(seen));

function wordsOfRefusal({ json, status = 0, excerpt = '' }: Partial<Exchange>, reference?: string): string {
	const plain = json === undefined && status >= 400 && status < 500 ? excerpt : '';
	const codes = [json, ...ENVELOPES.map((key) => at(json, key))].flatMap((source) =>
		CODE_KEYS.map((key) => textAt(source, key))
	);
	const own = reference ? [reference, alphanumerics(reference)] : [];
	return own
		.reduce(
			(text, one) => text.replaceAll(one, 'reference'),
			[readReason(json, status)?.text ?? plain, ...codes].filter(Boolean).join(' · ')
		)
		.replace(/[_-]|(?<=[a-z])(?=[A-Z])/g, ' ');
}

/** `ids`: the numbers of our report, the oldest first; several if LAPOR has created it more than once. */
export type Lookup = { result: 'found'; ids: readonly string[] } | { result: 'absent' | 'unclear' };

/**
 * Reads the response of a look-up. A row is ours if the reference is one of its tags or the first word of its text,
 * because a search may be fuzzy and another report may quote our reference. After `absent` the report is sent again, so
 * `absent` needs a readable and complete list that contains the reference nowhere. After `unclear` a person decides.
 */
export function readLookup(json: unknown, reference: string): Lookup {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return { result: 'unclear' };
	const searched = alphanumerics(reference);
	const isOurs = (row: unknown) =>
		words(textAt(row, 'tags_raw')).includes(searched) || words(textAt(row, 'content'))[0] === searched;
	// A bare `id` may be that of a ticket (see `CREATED_ID`), so it is read only if there is no other.
	const idOf = (row: unknown) => trackingId(at(row, 'complaint_id')) ?? trackingId(at(row, 'id'));
	const hits = rows.filter(isOurs).map(idOf);
	const ids = [...new Set(hits.filter((id) => id !== undefined))].sort((a, b) => Number(a) - Number(b));
	if (ids.length > 0) return { result: 'found', ids };
	const allReadable = rows.every((row: unknown) => textAt(row, 'tags_raw') ?? textAt(row, 'content'));
	const mentioned = alphanumerics(JSON.stringify(rows)).includes(searched);
	const isAbsent = allReadable && !mentioned && rows.length < LEAST_PAGE_ROWS && !hasMoreRows(json, rows.length);
	return { result: isAbsent ? 'absent' : 'unclear' };
}

const LIST_HEADS = [
	...([[], ['results'], ['meta'], ['pagination'], ['results', 'meta'], ['results', 'pagination']] as const),
	// A page of Laravel has its rows beside these keys.
	...([['data'], ['results', 'data']] as const)
];
const LIST_LENGTHS = ['total', 'total_data', 'totalData', 'total_count', 'totalCount', 'count'] as const;
const LIST_PAGES = ['last_page', 'lastPage', 'total_pages', 'totalPages', 'page_count'] as const;
const NEXT_PAGES = ['next', 'next_page', 'next_page_url', 'nextPage'] as const;

/** Whether a text names a page after this one: by its number, which may count from 0, its address or another mark. */
const isNextPage = (text: string | undefined, page: number): boolean =>
	text !== undefined && (/^\d+$/.test(text) ? Number(text) >= page : !/^(null|none|false|-)$/i.test(text));

/** Whether a response says how many pages its list has, or which is the next. */
export const saysPages = (json: unknown): boolean =>
	LIST_HEADS.some((head) => [...LIST_PAGES, ...NEXT_PAGES].some((key) => at(json, ...head, key) !== undefined));

/** Whether a response says that the list has more than these rows and pages. */
export function hasMoreRows(json: unknown, rows: number, pages = 1): boolean {
	const above = (keys: readonly string[], bound: number) =>
		LIST_HEADS.some((head) => keys.some((key) => Number(textAt(json, ...head, key)) > bound));
	const next = LIST_HEADS.some((head) => NEXT_PAGES.some((key) => isNextPage(textAt(json, ...head, key), pages)));
	return next || above(LIST_LENGTHS, rows) || above(LIST_PAGES, pages);
}

const alphanumerics = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
const words = (text: string | undefined) =>
	(text ?? '')
		.split(/[\s,;#]+/)
		.map(alphanumerics)
		.filter(Boolean);

export interface ListRow {
	id: string;
	name: string;
}

/** Requested rows per page of a list. A gateway may return fewer. */
export const LIST_ROWS = 1000;

/** Institutions; undefined if the response isn't a list. Rows without id or name are skipped. */
export const readInstitutions = (json: unknown): ListRow[] | undefined =>
	readRows(json, (row) => [textAt(row, 'id'), textAt(row, 'name')]);

/** Templates for follow-ups. Their keys aren't documented. */
export const readTemplates = (json: unknown): ListRow[] | undefined =>
	readRows(json, (row) => {
		const code = textAt(row, 'code') ?? textAt(row, 'template_code') ?? textAt(row, 'id');
		return [code, textAt(row, 'name') ?? textAt(row, 'title') ?? code];
	});

const ID_CHARACTERS = 200;

function readRows(
	json: unknown,
	read: (row: unknown) => readonly [id: string | undefined, name: string | undefined]
): ListRow[] | undefined {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return undefined;
	return rows.flatMap((row: unknown) => {
		const [id, foreignName] = read(row);
		const name = plainName(foreignName);
		return id === undefined || name === undefined || id.length > ID_CHARACTERS ? [] : [{ id, name }];
	});
}
