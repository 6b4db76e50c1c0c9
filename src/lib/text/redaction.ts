type MarkKind = 'name' | 'phone' | 'email' | 'nik' | 'address';

/** A stretch of a text that says who somebody is. Positions as in `text.slice(start, end)`. */
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
/** Sixteen digits, in one piece or in groups. */
const NIK = /(?<![\d.])\d{4}(?:[ .-]?\d{4}){3}(?!\d)|(?<![\d.])\d{2}(?:[ .]\d{2}){2}[ .]\d{6}[ .]\d{4}(?!\d)/g;
/**
 * +62, 62 before a mobile prefix, or 0; then 8 to 12 digits that don't begin with 0 or 1, with at most two blanks, dots,
 * hyphens, slashes or brackets between two. Not in the middle of another number, such as a report's reference.
 */
const PHONE =
	/(?<![\d\p{L}]|\d[-.])(?:\(?\+62\)?|\(?62\)?(?=[ .-]?8)|\(?0)[ .\-()]{0,2}[2-9](?:[ .\-/()]{0,2}\d){7,11}(?!\d)/gu;
const DATE = /^\(?\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}/;

/** Words of a name that say nothing alone. */
const PARTICLES = new Set('bin binti van der dan the ibu bapak pak bpk drs dra prof'.split(' '));

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Proposes what to remove before a text leaves the office: by pattern (e-mail, NIK, Indonesian phone numbers) and by the
 * reporter's own fields. A proposal to a person, who adds and takes away: names of others can't be known by pattern.
 * Marks are in order and don't overlap.
 */
export function proposeRedaction(text: string, reporter: ReporterFields = {}): Mark[] {
	return withoutOverlap([
		...matches(text, EMAIL, 'email'),
		...matches(text, NIK, 'nik'),
		...matches(text, PHONE, 'phone').filter((mark) => !DATE.test(text.slice(mark.start, mark.end))),
		...ownWords(text, reporter.address, 'address'),
		...ownWords(text, reporter.email, 'email'),
		...ownPhone(text, reporter.phone),
		...ownWords(text, reporter.name, 'name'),
		...nameParts(reporter.name).flatMap((part) => ownWords(text, part, 'name'))
	]);
}

const matches = (text: string, pattern: RegExp, kind: MarkKind): Mark[] =>
	Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length, kind }));

function ownWords(text: string, words: string | null | undefined, kind: MarkKind): Mark[] {
	const trimmed = words?.trim() ?? '';
	if (trimmed.length < 3) return [];
	const spaced = trimmed.split(/\s+/).map(escapeRegExp).join('\\s+');
	return matches(text, new RegExp(`(?<![\\p{L}\\d])${spaced}(?![\\p{L}\\d])`, 'giu'), kind);
}

const nameParts = (name: string | null | undefined): string[] =>
	(name ?? '').split(/[\s,.]+/).filter((part) => part.length >= 3 && !PARTICLES.has(part.toLowerCase()));

/** The reporter's number in any grouping, also without its 0 or +62 in front. */
function ownPhone(text: string, phone: string | null | undefined): Mark[] {
	const national = (phone ?? '').replace(/\D/g, '').replace(/^(62|0)/, '');
	if (national.length < 6) return [];
	const digits = Array.from(national).join('[ .\\-/()]{0,2}');
	return matches(text, new RegExp(`(?:\\(?\\+?62\\)?[ .\\-]?|\\(?0)?${digits}(?!\\d)`, 'g'), 'phone');
}

/** Where marks overlap the longest stays: a name inside an e-mail address is part of the address. */
function withoutOverlap(marks: readonly Mark[]): Mark[] {
	const kept: Mark[] = [];
	const byLength = [...marks].sort((a, b) => b.end - b.start - (a.end - a.start));
	for (const mark of byLength)
		if (!kept.some((other) => mark.start < other.end && other.start < mark.end)) kept.push(mark);
	return kept.sort((a, b) => a.start - b.start);
}

const LABELS: Readonly<Record<MarkKind, string>> = {
	name: '[nama]',
	phone: '[nomor telepon]',
	email: '[e-mail]',
	nik: '[NIK]',
	address: '[alamat]'
};

/** The text with every mark replaced by what stood there. Marks outside the text or inside another are ignored. */
export function redact(text: string, marks: readonly Mark[]): string {
	const valid = marks.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
	return withoutOverlap(valid).reduceRight(
		(rest, mark) => rest.slice(0, mark.start) + LABELS[mark.kind] + rest.slice(mark.end),
		text
	);
}
