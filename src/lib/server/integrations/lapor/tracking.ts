import { htmlToText } from 'html-to-text';
import * as Instant from 'temporal-polyfill/fns/Instant';
import { cutText } from '#lib/text/cut-text.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { at, listAt, listOf, textAt } from '../foreign-text.ts';

/** Longer texts and names are cut. The stored response has the whole text. */
const TEXT_CHARACTERS = 10_000;
const NAME_CHARACTERS = 200;

const FORMATTING =
	/<\/?(?:html|body|p|br|div|span|b|i|u|strong|em|ul|ol|li|a|h[1-6]|table|tr|td)\b[^<>]*>|&(?:amp|lt|gt|quot|nbsp|#\d{1,6});/gi;
/** A text with more keeps its tags, because parsing it takes long. */
const MOST_FORMATTING = 500;

/** Removes HTML, which other clients of LAPOR may send. A text without HTML is unchanged. */
export function withoutHtml(text: string): string {
	const formatting = text.match(FORMATTING)?.length ?? 0;
	if (formatting === 0 || formatting > MOST_FORMATTING) return text;
	return storableText(htmlToText(text, HTML_AS_TEXT))
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

/** A name without HTML, on one line. Undefined without a name. */
export const plainName = (name: string | undefined): string | undefined =>
	(name && withoutHtml(name).replace(/\s*\n\s*/g, ' ')) || undefined;

const HTML_AS_TEXT = {
	wordwrap: false as const,
	preserveNewlines: true,
	selectors: [
		{ selector: 'img', format: 'skip' },
		{ selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
		...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table'].map((selector) => ({ selector, options: { uppercase: false } }))
	],
	limits: { maxDepth: 60, ellipsis: ' …' }
};

/** Most rows of a list that are read, the newest. Reading and storing more would block the site. */
export const MOST_ROWS = 300;

/**
 * The newest rows of a long list in its own order, by their times or else by their ids. Returns at most one row more than
 * `MOST_ROWS`, which shows that the list was longer.
 */
function newestOf(rows: readonly unknown[], timeKey: string): readonly unknown[] {
	if (rows.length <= MOST_ROWS) return rows;
	return rows
		.map((row, place) => ({ row, place, time: Number(timeAt(row, timeKey).at ?? 0), id: Number(idAt(row)) || 0 }))
		.sort((a, b) => a.time - b.time || a.id - b.id)
		.slice(-MOST_ROWS - 1)
		.sort((a, b) => a.place - b.place)
		.map(({ row }) => row);
}

export interface Log {
	content: string;
	/** The content before its placeholders are filled, of status logs and follow-ups. */
	unfilled?: string;
	author: string | undefined;
	at: Date | undefined;
	/** The time as LAPOR writes it, which may be in a form that can't be read. */
	time: string | undefined;
	raw: unknown;
}

export interface ComplaintDetail {
	statusName: string | undefined;
	/** The name of the institution that has the report. */
	institution?: string | undefined;
	institutionId?: string | undefined;
	statusLogs: readonly Log[];
	dataLogs: readonly Log[];
	raw: unknown;
}

export interface Followup extends Log {
	/** Undefined if the service sends no id. Time and text then identify the follow-up. */
	id: string | undefined;
	/** The addressee: an institution or a person. Undefined if the service sends no name. */
	receiver: string | undefined;
	/** `path` is empty if the service sends none. */
	attachments: readonly { path: string; fileName: string }[];
	statusOld: string | undefined;
	statusNew: string | undefined;
}

/** Reads a report's detail; undefined if the response has another shape. Missing keys are accepted. */
export function readDetail(json: unknown): ComplaintDetail | undefined {
	const data = at(json, 'results', 'data');
	if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
	const institution = institutionAt(data, 'disposition');
	// The codes are not documented, so an administrator sets the meaning of a code without a name.
	const code = textAt(data, 'status_code');
	return {
		statusName: nameAt(data, 'status_name') ?? (code && `status_code ${code}`),
		institution,
		institutionId: idAt(data, 'disposition_id'),
		statusLogs: newestOf(listAt(data, 'status_logs').filter(isObject), 'timestamp').map((log) => ({
			content: contentAt(log, 'note', { institution_from: institution }),
			unfilled: contentAt(log, 'note'),
			author: undefined,
			...timeAt(log, 'timestamp'),
			raw: log
		})),
		dataLogs: newestOf(
			[...listAt(json, 'results', 'data_logs'), ...listAt(data, 'data_logs')].filter(isObject),
			'date'
		).map((log) => ({ ...authorAndContent(log), ...timeAt(log, 'date'), raw: log })),
		raw: data
	};
}

function timeAt(row: unknown, key: string): Pick<Log, 'at' | 'time'> {
	const time = textAt(row, key);
	return { at: parseWib(time), time };
}

/** Changes all spaces to plain single ones: a name with other spaces would differ between the database and our code. */
const nameAt = (row: unknown, key: string) =>
	plainName(textAt(row, key, 'name') ?? textAt(row, key))?.replace(/\s+/g, ' ');

function institutionAt(row: unknown, key: 'institution_from' | 'institution_to' | 'disposition'): string | undefined {
	const name = plainName(textAt(row, `${key}_name`) ?? textAt(row, key, 'name'));
	return name === undefined ? undefined : cutText(name, NAME_CHARACTERS);
}

function authorAndContent(row: unknown): Pick<Log, 'author' | 'content'> {
	const author = institutionAt(row, 'institution_from');
	const content = contentAt(row, 'content', {
		institution_from: author,
		institution_to: institutionAt(row, 'institution_to'),
		status_old: nameAt(row, 'status_old'),
		status_new: nameAt(row, 'status_new')
	});
	return { author, content };
}

/**
 * Reads a report's follow-ups: none if `results` or its `data` is empty; undefined if the response has another shape. Some
 * gateways send the data without `results`, as `results` itself, or as a page that has the rows.
 */
export function readFollowups(json: unknown): Followup[] | undefined {
	const results = at(json, 'results');
	const data = isObject(results) && !Array.isArray(results) ? at(results, 'data') : (results ?? at(json, 'data'));
	const page = at(data, 'data');
	if (results === undefined && data === undefined) return undefined;
	const rows = listOf(page ?? data)?.filter(isObject);
	return rows && newestOf(rows, 'created_at').map(readFollowup);
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** Some services write "no id" as 0. */
function idAt(row: unknown, key = 'id'): string | undefined {
	const id = textAt(row, key);
	return id === '0' ? undefined : id;
}

/** Reads one follow-up of a response. A stored one is read again from its `raw`. */
export const readFollowup = (row: unknown): Followup => ({
	...authorAndContent(row),
	unfilled: contentAt(row, 'content'),
	id: idAt(row),
	receiver: institutionAt(row, 'institution_to'),
	...timeAt(row, 'created_at'),
	attachments: listAt(row, 'attachments').flatMap((file) => {
		const path = textAt(file, 'path') ?? '';
		const fileName = textAt(file, 'file_name') ?? (path.split('/').at(-1) || path);
		return fileName ? [{ path, fileName }] : [];
	}),
	statusOld: nameAt(row, 'status_old'),
	statusNew: nameAt(row, 'status_new'),
	raw: row
});

type PlaceholderValues = Partial<
	Record<'institution_from' | 'institution_to' | 'status_old' | 'status_new', string | undefined>
>;

function contentAt(row: unknown, key: string, values?: PlaceholderValues): string {
	const text = withoutHtml(cutText(textAt(row, key) ?? '', 2 * TEXT_CHARACTERS));
	return cutText(values ? fillPlaceholders(text, values) : text, TEXT_CHARACTERS);
}

/** Words for an institution that LAPOR does not name. */
export const UNNAMED = 'instansi terkait';

/** Fills the placeholders that LAPOR leaves to its clients. A status without a value becomes a dash, so that readers see no braces. */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
	const { institution_from = UNNAMED, institution_to = UNNAMED } = values;
	const institution = values.institution_from ?? institution_to;
	const allValues: Record<string, string | undefined> = { ...values, institution_from, institution_to, institution };
	return text.replace(
		/\{\{\s*(institution_from|institution_to|institution|status_old|status_new)\s*\}\}/g,
		(_whole, name: string) => allValues[name] ?? '–'
	);
}

const TIME =
	/^(?:(?<d>\d{1,2})[-/](?<m>\d{1,2})[-/](?<y>\d{4})|(?<Y>\d{4})-(?<M>\d{1,2})-(?<D>\d{1,2}))[ T,]+(?<hour>\d{1,2})[:.](?<minute>\d{2})(?:[:.](?<second>\d{2}(?:\.\d{1,9})?))?\s*(?<zone>\S*)$/;
const ZONES: Readonly<Record<string, string>> = { '': '+07', WIB: '+07', WITA: '+08', WIT: '+09', UTC: 'Z', GMT: 'Z' };

/** The years of LAPOR. Some services write "no date" as the year 1 or 1970; PostgreSQL stores no year 0. */
const FIRST_YEAR = 2000;

/**
 * Reads a time like `d-m-Y H:i:s` or `Y-m-d H.i`, or seconds or milliseconds since 1970. Times without a zone are WIB,
 * UTC+7. A day alone is no time, because the order of two events of a day would be wrong.
 */
export function parseWib(text: string | undefined): Date | undefined {
	const at = parseTime(text?.trim() ?? '');
	return at && at.getUTCFullYear() >= FIRST_YEAR ? at : undefined;
}

function parseTime(text: string): Date | undefined {
	if (/^\d{10}(\d{3})?$/.test(text)) return new Date(Number(text.padEnd(13, '0')));
	const groups = TIME.exec(text)?.groups ?? {};
	const { d, m, y, Y = y, M = m, D = d, hour = '', minute = '', second = '00', zone = '' } = groups;
	const two = (digits = '') => digits.padStart(2, '0');
	try {
		const iso = `${Y}-${two(M)}-${two(D)}T${two(hour)}:${minute}:${second}${ZONES[zone.toUpperCase()] ?? zone}`;
		return new Date(Instant.fromString(iso).epochMilliseconds);
	} catch {
		return undefined;
	}
}
