import { at, listAt, textAt } from './foreign-text.ts';

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

/** The id of a created report, number or text; undefined if none can be read. */
export function readCreatedId(json: unknown): string | undefined {
	const found = CREATED_ID.map((keys) => trackingId(at(json, ...keys)));
	return found.find((id) => id !== undefined);
}

/** Ids of uploaded files, as text. Images stand before documents, so send one file a call where each id must be known. */
export function readUploadIds(json: unknown): string[] {
	const ids = [...listAt(json, 'results', 'images'), ...listAt(json, 'results', 'docs')].map((file) =>
		textAt(file, 'id')
	);
	return [...new Set(ids.filter((id) => id !== undefined))];
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

/** Under these a service says why, itself or further down: `error.message`, `errors.title.required`, `errors[0].detail`. */
const REASON_KEYS = [
	...(['message', 'messages', 'error_description', 'error', 'errors'] as const),
	...(['reason', 'detail', 'msg', 'pesan', 'fault'] as const)
];
const REASON_DEPTH = 4;

/** The reason a JSON answer gives for refusing, undefined if it gives none. Shapes differ between gateways. */
export function readReason(json: unknown): RefusalReason | undefined {
	const sources = [json, at(json, 'results'), at(json, 'data'), at(json, 'meta')];
	const bare = typeof json === 'string' || Array.isArray(json) ? saidIn(json) : [];
	const said = [...bare, ...sources.flatMap((source) => REASON_KEYS.flatMap((key) => saidIn(at(source, key))))];
	// Of the whole answer it is a summary (RFC 9457), further down the name of a field.
	const title = said.length > 0 ? [] : saidIn(at(json, 'title'));
	const all = [...said, ...title].map(({ field, text }) => (field ? `${field}: ${text}` : text));
	const fields = said.flatMap(({ field, text }) => (field ? [{ field, text }] : []));
	return all.length === 0 ? undefined : { text: [...new Set(all)].join(' · ').slice(0, 500).toWellFormed(), fields };
}

/** Every text of a value, with the field it speaks of where it stands in a list of fields. */
function saidIn(value: unknown, field?: string, depth = 0): { field: string | undefined; text: string }[] {
	if (depth > REASON_DEPTH) return [];
	if (Array.isArray(value)) return value.flatMap((entry: unknown) => saidIn(entry, field, depth + 1));
	if (typeof value !== 'object' || value === null) {
		const text = textAt(value);
		return text === undefined ? [] : [{ field, text }];
	}
	const reasons = REASON_KEYS.filter((key) => Object.hasOwn(value, key));
	const others = Object.entries(value).filter(
		([key, entry]) => !reasons.includes(key as never) && (reasons.length === 0 || typeof entry === 'object')
	);
	return [
		...reasons.flatMap((key) => saidIn(at(value, key), field, depth + 1)),
		...others.flatMap(([key, entry]) => saidIn(entry, field ?? key, depth + 1))
	];
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
 * the list was readable and whole and no row has the reference anywhere: after it the report is sent again. Anything less
 * is `unclear`, which a person settles.
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
	const named = letters(JSON.stringify(rows)).includes(wanted);
	return judged && !named && rows.length < LOOKUP_ROWS && !saysMore(json, rows.length) ? 'absent' : 'unclear';
}

/** Where lists tell how long they are, and by which names. */
const LIST_HEADS = [[], ['results'], ['meta'], ['pagination'], ['results', 'meta'], ['results', 'pagination']] as const;
const LIST_LENGTHS = ['total', 'total_data', 'totalData', 'total_count', 'totalCount', 'count'] as const;
const LIST_PAGES = ['last_page', 'lastPage', 'total_pages', 'totalPages', 'page_count'] as const;
const NEXT_PAGES = ['next', 'next_page', 'next_page_url', 'nextPage'] as const;

/** Whether an answer says that there is more than the rows it has. */
function saysMore(json: unknown, rows: number): boolean {
	const above = (keys: readonly string[], bound: number) =>
		LIST_HEADS.some((head) => keys.some((key) => Number(textAt(json, ...head, key)) > bound));
	const next = LIST_HEADS.some((head) => NEXT_PAGES.some((key) => textAt(json, ...head, key) !== undefined));
	return next || above(LIST_LENGTHS, rows) || above(LIST_PAGES, 1);
}

const letters = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
const words = (text: string | undefined) =>
	(text ?? '')
		.split(/[\s,;#]+/)
		.map(letters)
		.filter(Boolean);
