import { proposeRedaction } from '#lib/text/redaction.ts';
import { COMMON_WORDS, INSULTS } from './word-lists.ts';

/** What a comment may hold that others than managers should not read unseen; `manager`: one has hidden it. */
const COMMENT_FLAGS = ['name', 'phone', 'email', 'nik', 'insult', 'manager'] as const;
export type CommentFlag = (typeof COMMENT_FLAGS)[number];

const ENDING = '(?:nya|lah|kah|ku|mu)?';
/** Each letter may be drawn out: "gobloook". */
const drawnOut = (word: string) => [...word].map((letter) => (letter === ' ' ? '\\s+' : `${letter}+`)).join('');
const insult = new RegExp(`(?<!\\p{L})(?:${INSULTS.map(drawnOut).join('|')})${ENDING}(?!\\p{L})`, 'iu');

/** As a reader sees it: without signs that have no width, and letters and digits in their plain form. */
const asRead = (text: string) => text.normalize('NFKC').replace(/\p{Cf}/gu, '');

/** Digits that stand for letters within a word: "g0bl0k". */
const DISGUISED: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a' };
const undisguised = (text: string) =>
	text.replace(/(?<=\p{L})[0134]|[0134](?=\p{L})/gu, (digit) => DISGUISED[digit] ?? digit);

const TITLES = '(?:\\s+(?:haji|hajah|hj?|kepala|drs?|dra|prof)\\.?)*';
/**
 * Where a name stands: after a form of address ("Pak Budi", "bu sitti"), after what visitors write before their own, under a
 * letter, and as two capitals after "saya". What is caught are the words that would be the name.
 */
const NAMES_STAND: readonly RegExp[] = [
	new RegExp(`(?<!\\p{L})(?:ba?pak|pak|bpk|i?bu|mas|mba|mbak|bang|kak|daeng)\\.?${TITLES}\\s+(\\p{L}{2,})`, 'giu'),
	/(?<!\p{L})(?:[Mm]r|[Mm]rs|[Mm]s|[Ss]dr|[Ss]dri|[Kk]r|[Aa]ndi)\.?\s+(\p{Lu}\p{L}+)/gu,
	/(?<!\p{L})(?:nama\s*(?:saya|aku|ku|lengkap)|atas\s+nama|my\s+name)(?:\s+(?:adalah|ialah|is))?[\s:,]+(\p{L}{2,})/giu,
	/(?<!\p{L})(?:a\.\s?n\.?|a\/n|an\.|ttd\.?|tertanda)[\s:,/]+(\p{L}{2,})/giu,
	/(?<!\p{L})[Ss]aya,?\s+(\p{Lu}\p{Ll}+)\s+(\p{Lu}\p{Ll}+)/gu
];

const COMMON = new Set(COMMON_WORDS);
/** Verbs are too many for a list; few names are as long and begin like one. */
const VERB = /^(?:ber|ter|mem|men)\p{L}{5,}/u;

function isCommon(said: string): boolean {
	const word = said.toLowerCase();
	return COMMON.has(word) || COMMON.has(word.replace(new RegExp(`${ENDING}$`, 'u'), '')) || VERB.test(word);
}

const namesSomebody = (text: string): boolean =>
	NAMES_STAND.some((pattern) =>
		[...text.matchAll(pattern)].some(([, ...words]) => words.every((word) => !isCommon(word)))
	);

/** Parts of names that are ordinary words of a comment, or titles. */
const ORDINARY = new Set(
	`petugas contoh pegawai staf kepala admin resepsionis satpam pelayanan layanan bapak ibu pak mas mbak haji hajah drs dra
	prof bin binti dan the officer example sst mstat msi mm amd spd skom indah cahaya murni setia`.split(/\s+/)
);

function namesAnyOf(text: string, names: readonly string[]): boolean {
	const said = new Set(text.toLowerCase().split(/[^\p{L}]+/u));
	return names
		.flatMap((name) => name.toLowerCase().split(/[^\p{L}]+/u))
		.some((part) => part.length >= 3 && !ORDINARY.has(part) && said.has(part));
}

/**
 * What a comment may hold: names (of the office's officers, or where a name stands, the writer's own too), phone numbers,
 * e-mail addresses, NIK, insults. A flag is a reason for a manager to read it first. Nothing is rejected or edited by it.
 *
 * @param names of the officers who work there
 */
export function screenComment(comment: string | undefined, names: readonly string[]): CommentFlag[] {
	if (comment === undefined || comment === '') return [];
	const text = asRead(comment);
	const kinds = new Set(proposeRedaction(text).map((mark) => mark.kind));
	const found: Record<Exclude<CommentFlag, 'manager'>, boolean> = {
		name: namesSomebody(text) || namesAnyOf(text, names),
		phone: kinds.has('phone'),
		email: kinds.has('email'),
		nik: kinds.has('nik'),
		insult: insult.test(undisguised(text))
	};
	return COMMENT_FLAGS.filter((flag) => flag !== 'manager' && found[flag]);
}
