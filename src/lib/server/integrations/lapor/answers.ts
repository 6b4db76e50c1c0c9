import { at, listAt, textAt } from '#lib/server/integrations/lapor/foreign-text.ts';

/** How many rows a look-up asks for; a full page means that more may follow. */
export const LOOKUP_ROWS = 20;

/** A tracking id: 4 to 10 digits, kept as text. Undefined for anything else. A leading # is how people write it. */
export function trackingId(value: unknown): string | undefined {
	const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
	if (typeof text !== 'string') return undefined;
	return /^#?(\d{4,10})$/.exec(text.trim())?.[1];
}

/** The id of a created report: at the root (newer) or under `results.complaint` (older), number or text. */
export function readCreatedId(json: unknown): string | undefined {
	return trackingId(at(json, 'complaint_id')) ?? trackingId(at(json, 'results', 'complaint', 'id'));
}

/** Ids of uploaded files, as text. Images stand before documents, so send one file a call where each id must be known. */
export function readUploadIds(json: unknown): string[] {
	return [...listAt(json, 'results', 'images'), ...listAt(json, 'results', 'docs')]
		.map((file) => textAt(file, 'id'))
		.filter((id) => id !== undefined);
}

export interface RefusalReason {
	/** What the service says, as one plain text of at most 500 characters. */
	text: string;
	/** What it says of single keys, where it does. */
	fields: readonly { field: string; text: string }[];
}

const REASON_KEYS = ['message', 'error_description', 'error', 'reason', 'detail', 'msg', 'errors'] as const;

/** The reason a JSON answer gives for refusing, undefined where it gives none. Shapes differ between gateways. */
export function readReason(json: unknown): RefusalReason | undefined {
	const sources = [json, at(json, 'results'), at(json, 'error'), at(json, 'data')];
	const fields = sources.flatMap((source) => readFields(at(source, 'errors')));
	const said = sources.flatMap((source) => REASON_KEYS.flatMap((key) => textAt(source, key) ?? textList(source, key)));
	const all = [...new Set([...said, ...fields.map(({ field, text }) => `${field}: ${text}`)])];
	return all.length === 0 ? undefined : { text: all.join(' · ').slice(0, 500).toWellFormed(), fields };
}

const textList = (source: unknown, key: string) =>
	listAt(source, key)
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

/** Whether the service says that it already holds a report with our reference. */
export function saysReferenceExists(json: unknown): boolean {
	const text = readReason(json)?.text ?? '';
	return /\b(reference|referensi)\b.{0,60}\b(already (exists|registered|taken)|sudah (ada|terdaftar|digunakan|dipakai))\b/is.test(
		text
	);
}

export type Lookup = { found: readonly string[] } | 'absent' | 'unclear';

/**
 * Reads a look-up. Only rows that carry the reference count, for a search may be fuzzy. `absent` is said only when the
 * list was readable, every row could be judged and no page could follow; anything less is `unclear`.
 */
export function readLookup(json: unknown, reference: string): Lookup {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return 'unclear';
	const wanted = letters(reference);
	const carries = (row: unknown) =>
		[textAt(row, 'tags_raw'), textAt(row, 'content')].some((text) => words(text).includes(wanted));
	const hits = rows
		.filter(carries)
		.map((row: unknown) => trackingId(at(row, 'id')) ?? trackingId(at(row, 'complaint_id')));
	const found = [...new Set(hits.filter((id) => id !== undefined))];
	if (found.length > 0) return { found };
	const judged = rows.every((row: unknown) => textAt(row, 'tags_raw') ?? textAt(row, 'content'));
	return hits.length === 0 && judged && rows.length < LOOKUP_ROWS ? 'absent' : 'unclear';
}

const letters = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
const words = (text: string | undefined) => (text ?? '').split(/[\s,;#]+/).map(letters);
