import { at, listAt, textAt } from '#lib/server/integrations/lapor/foreign-text.ts';

/** How many rows a look-up asks for; a full page means that more may follow. */
export const LOOKUP_ROWS = 20;

/** A tracking id: 4 to 10 digits, kept as text. Undefined for anything else. A leading # is how people write it. */
export function trackingId(value: unknown): string | undefined {
	const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
	if (typeof text !== 'string') return undefined;
	return /^#?(\d{4,10})$/.exec(text.trim())?.[1];
}

/**
 * Where the id of a created report may stand: at the root (newer), under `results.complaint` (older), or in another
 * envelope of the same names. A bare `id` is none: it may be that of a ticket, a log or an account.
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

/** The id of a created report, number or text; undefined where none can be read. */
export function readCreatedId(json: unknown): string | undefined {
	const found = CREATED_ID.map((keys) => trackingId(at(json, ...keys)));
	return found.find((id) => id !== undefined);
}

/** Ids of uploaded files, as text. Images stand before documents, so send one file a call where each id must be known. */
export function readUploadIds(json: unknown): string[] {
	return [...listAt(json, 'results', 'images'), ...listAt(json, 'results', 'docs')]
		.map((file) => textAt(file, 'id'))
		.filter((id) => id !== undefined);
}

/** The id of a follow-up that was taken in; the answer's shape isn't documented. */
export const readFollowupId = (json: unknown): string | undefined =>
	textAt(json, 'results', 'data', 'id') ??
	textAt(json, 'results', 'followup', 'id') ??
	textAt(json, 'results', 'id') ??
	textAt(json, 'followup_id');

export interface RefusalReason {
	/** What the service says, as one plain text of at most 500 characters. */
	text: string;
	/** What it says of single keys, where it does. */
	fields: readonly { field: string; text: string }[];
}

const REASON_KEYS = ['message', 'error_description', 'error', 'reason', 'detail', 'msg', 'errors'] as const;

/** The reason a JSON answer gives for refusing, undefined where it gives none. Shapes differ between gateways. */
export function readReason(json: unknown): RefusalReason | undefined {
	const sources = [json, at(json, 'results'), at(json, 'error'), at(json, 'data'), at(json, 'meta')];
	const fields = sources.flatMap((source) => readFields(at(source, 'errors')));
	const said = sources.flatMap((source) => REASON_KEYS.flatMap((key) => textAt(source, key) ?? textList(source, key)));
	const bare = typeof json === 'string' ? [textAt(json)] : textsOf(Array.isArray(json) ? json : []);
	const all = [...new Set([...bare, ...said, ...fields.map(({ field, text }) => `${field}: ${text}`)])];
	return all.length === 0 ? undefined : { text: all.join(' · ').slice(0, 500).toWellFormed(), fields };
}

const textList = (source: unknown, key: string) => textsOf(listAt(source, key));

const textsOf = (entries: readonly unknown[]) =>
	entries
		.map((entry) => (typeof entry === 'string' ? textAt(entry) : textAt(entry, 'message')))
		.filter((text) => text !== undefined);

function readFields(errors: unknown): { field: string; text: string }[] {
	if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return [];
	return Object.entries(errors).flatMap(([field, value]: [string, unknown]) =>
		(Array.isArray(value) ? value : [value])
			.map((entry: unknown) => textAt(entry))
			.filter((text) => text !== undefined)
			.map((text) => ({ field, text }))
	);
}

/** What carries our reference, and words for "is there already"; the tag is what a rule for unique ones would name. */
const REFERENCE_EXISTS =
	/\b(reference|referensi|tags[ _]raw)\b.{0,60}\b(already (been )?(exists?|registered|taken|used)|sudah (ada|terdaftar|digunakan|dipakai))\b|\bduplicate (reference|referensi)\b/is;

/**
 * Whether the service says that it already holds a report with our reference.
 *
 * @param plain the beginning of an answer that is no JSON: said in whatever form, the report is there
 */
export function saysReferenceExists(json: unknown, plain = ''): boolean {
	return REFERENCE_EXISTS.test(readReason(json)?.text ?? (json === undefined ? plain : ''));
}

export type Lookup = { found: readonly string[] } | 'absent' | 'unclear';

/**
 * Reads a look-up. Only rows that carry the reference where a report of ours has it count, in the tags or as the first
 * word of the text: a search may be fuzzy, and another person's report may quote our number. `absent` is said only when
 * the list was readable, every row could be judged and no page could follow; anything less is `unclear`.
 */
export function readLookup(json: unknown, reference: string): Lookup {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return 'unclear';
	const wanted = letters(reference);
	const carries = (row: unknown) =>
		words(textAt(row, 'tags_raw')).includes(wanted) || words(textAt(row, 'content'))[0] === wanted;
	const hits = rows
		.filter(carries)
		.map((row: unknown) => trackingId(at(row, 'id')) ?? trackingId(at(row, 'complaint_id')));
	const found = [...new Set(hits.filter((id) => id !== undefined))];
	if (found.length > 0) return { found };
	const judged = rows.every((row: unknown) => textAt(row, 'tags_raw') ?? textAt(row, 'content'));
	return hits.length === 0 && judged && rows.length < LOOKUP_ROWS ? 'absent' : 'unclear';
}

const letters = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
const words = (text: string | undefined) =>
	(text ?? '')
		.split(/[\s,;#]+/)
		.map(letters)
		.filter(Boolean);
