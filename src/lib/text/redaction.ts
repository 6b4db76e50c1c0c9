import { findNames } from './find-person-names.ts';

type MarkKind = 'name' | 'phone' | 'email' | 'nik' | 'address';

/** A part of a text that identifies a person. Positions as in `text.slice(start, end)`. */
export interface Mark {
	start: number;
	end: number;
	kind: MarkKind;
}

export interface ReporterFields {
	name?: string | null;
	email?: string | null;
	phone?: string | null;
	address?: string | null;
}

const EMAIL = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
/** Sixteen digits, with or without separators. */
const NIK = /(?<![\d.])\d{4}(?:[ .-]?\d{4}){3}(?!\d)|(?<![\d.])\d{2}(?:[ .]\d{2}){2}[ .]\d{6}[ .]\d{4}(?!\d)/g;
/**
 * +62, or 62 before a mobile prefix, or 0; then 8 to 12 digits that do not begin with 0 or 1. Between two digits there
 * may be up to two spaces, dots, hyphens, slashes or brackets. Never inside another number, such as a report's
 * reference.
 */
const PHONE =
	/(?<![\d\p{L}]|\d[-.])(?:\(?\+62\)?|\(?62\)?(?=[ .-]?8)|\(?0)[ .\-()]{0,2}[2-9](?:[ .\-/()]{0,2}\d){7,11}(?!\d)/gu;
const DATE = /^\(?\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}/;

/** Words of a name that identify nobody on their own. */
const PARTICLES = new Set('bin binti van der dan the ibu bapak pak bpk drs dra prof'.split(' '));

/** A pattern that matches exactly this text. */
export const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Proposes which parts of a text to remove before it leaves the office: by pattern (e-mail, NIK, Indonesian phone
 * numbers, names that follow "nama saya", "Bapak" and the like) and by the reporter's own fields. A person adds and
 * removes marks, because other names cannot be found by pattern. The marks are in order and do not overlap.
 */
export function proposeRedaction(text: string, reporter: ReporterFields = {}): Mark[] {
	return withoutOverlap([
		...matches(text, EMAIL, 'email'),
		...matches(text, NIK, 'nik'),
		...phones(text, PHONE).filter((mark) => !DATE.test(text.slice(mark.start, mark.end))),
		...findNames(text).map((place) => ({ ...place, kind: 'name' as const })),
		...ownWords(text, reporter.address, 'address'),
		...ownWords(text, reporter.email, 'email'),
		...ownPhone(text, reporter.phone),
		...ownWords(text, reporter.name, 'name'),
		...ownNames(text, reporter.name)
	]);
}

/** The reporter's fields that a text contains. Of a name that it does not contain as a whole, the parts that it does. */
export function fieldsIn(text: string, { name, email, phone }: ReporterFields): ReporterFields {
	const contains = (words: string | null | undefined) => ownWords(text, words, 'name').length > 0;
	return {
		name: contains(name) ? name : namePartsOf(name).filter(contains).join(' '),
		email: contains(email) ? email : null,
		phone: ownPhone(text, phone).length > 0 ? phone : null
	};
}

const matches = (text: string, pattern: RegExp, kind: MarkKind): Mark[] =>
	Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length, kind }));

function ownWords(text: string, words: string | null | undefined, kind: MarkKind): Mark[] {
	const trimmed = words?.trim() ?? '';
	if (trimmed.length < 3) return [];
	const spaced = trimmed.split(/\s+/).map(escapeRegExp).join('\\s+');
	return matches(text, new RegExp(`(?<![\\p{L}\\d])${spaced}(?![\\p{L}\\d])`, 'giu'), kind);
}

/** The words of a name that identify a person on their own. */
export const namePartsOf = (name: string | null | undefined): string[] =>
	(name ?? '').split(/[\s,.]+/).filter((part) => part.length >= 3 && !PARTICLES.has(part.toLowerCase()));

/** Finds parts of the reporter's name. Parts that follow each other are one mark. */
function ownNames(text: string, name: string | null | undefined): Mark[] {
	const parts = namePartsOf(name);
	if (parts.length === 0) return [];
	const part = `(?:${parts.map(escapeRegExp).join('|')})`;
	return matches(text, new RegExp(`(?<![\\p{L}\\d])${part}(?:\\s+${part})*(?![\\p{L}\\d])`, 'giu'), 'name');
}

/** Numbers without an opening bracket that is closed only after the number. */
const phones = (text: string, pattern: RegExp): Mark[] =>
	matches(text, pattern, 'phone').map((mark) =>
		/^\([^)]*$/.test(text.slice(mark.start, mark.end)) ? { ...mark, start: mark.start + 1 } : mark
	);

/** Finds the reporter's number in any grouping, also without its leading 0 or +62. */
function ownPhone(text: string, phone: string | null | undefined): Mark[] {
	const national = (phone ?? '').replace(/\D/g, '').replace(/^(62|0)/, '');
	if (national.length < 6) return [];
	const digits = Array.from(national).join('[ .\\-/()]{0,2}');
	return phones(text, new RegExp(`(?:\\(?\\+?62\\)?[ .\\-]?|\\(?0)?${digits}(?!\\d)`, 'g'));
}

/** Keeps the longest of overlapping marks, so that a name inside an e-mail address is part of the address. */
function withoutOverlap(marks: readonly Mark[]): Mark[] {
	const selected: Mark[] = [];
	const byLength = [...marks].sort((a, b) => b.end - b.start - (a.end - a.start));
	for (const mark of byLength)
		if (!selected.some((other) => mark.start < other.end && other.start < mark.end)) selected.push(mark);
	return selected.sort((a, b) => a.start - b.start);
}

const LABELS: Readonly<Record<MarkKind, string>> = {
	name: '[nama]',
	phone: '[nomor telepon]',
	email: '[e-mail]',
	nik: '[NIK]',
	address: '[alamat]'
};

/** Replaces every mark with a label of its kind. Marks outside the text or inside another mark are ignored. */
export function redact(text: string, marks: readonly Mark[]): string {
	const valid = marks.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
	return withoutOverlap(valid).reduceRight(
		(rest, mark) => rest.slice(0, mark.start) + LABELS[mark.kind] + rest.slice(mark.end),
		text
	);
}
