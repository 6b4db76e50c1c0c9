import { ENDING, isCommonWord } from '#lib/text/common-words.ts';
import { proposeRedaction } from '#lib/text/redaction.ts';

/** Why a manager must review a comment before others read it. `manager`: a manager has hidden it. */
const COMMENT_FLAGS = ['name', 'phone', 'email', 'nik', 'insult', 'manager'] as const;
export type CommentFlag = (typeof COMMENT_FLAGS)[number];

/**
 * Insults in Indonesian and in languages mixed with it. A comment with one is hidden until a manager has reviewed it.
 * Common endings (-nya, -lah) are matched too. None of them is part of a harmless word.
 */
const INSULTS: readonly string[] = [
	'kurang ajar',
	...`
		anjing anjir anjrit asu babi bangsat bajingan bego biadab bodoh brengsek bacot bedebah cupu dungu dongo geblek
		goblok goblog gila idiot jancok jancuk jalang kampret kampungan keparat kontol lonte memek monyet najis ngentot
		pantek pelacur perek sialan sinting sundal setan sundala tai telaso tolol bloon oon culas munafik penjilat
		pemalas maling koruptor stupid idiots moron bitch bastard asshole fuck fucking shit
	`
		.trim()
		.split(/\s+/)
];

/** Each letter may be repeated: "gobloook". */
const drawnOut = (word: string) => [...word].map((letter) => (letter === ' ' ? '\\s+' : `${letter}+`)).join('');
const insult = new RegExp(`(?<!\\p{L})(?:${INSULTS.map(drawnOut).join('|')})${ENDING}(?!\\p{L})`, 'iu');

/** Text as a reader sees it: without invisible characters, and with letters and digits in their plain form. */
const asRead = (text: string) => text.normalize('NFKC').replace(/\p{Cf}/gu, '');

/** Digits used as letters inside a word: "g0bl0k". */
const DIGIT_LETTERS: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a' };
const withLettersForDigits = (text: string) =>
	text.replace(/(?<=\p{L})[0134]|[0134](?=\p{L})/gu, (digit) => DIGIT_LETTERS[digit] ?? digit);

const TITLES = '(?:\\s+(?:haji|hajah|hj?|kepala|drs?|dra|prof)\\.?)*';
/**
 * Places where a name is expected: after a form of address ("Pak Budi", "bu sitti"), after words such as "nama saya",
 * in a signature, and as two capitalised words after "saya". The groups capture the words that may be the name.
 */
const NAME_PATTERNS: readonly RegExp[] = [
	new RegExp(`(?<!\\p{L})(?:ba?pak|pak|bpk|i?bu|mas|mba|mbak|bang|kak|daeng)\\.?${TITLES}\\s+(\\p{L}{2,})`, 'giu'),
	/(?<!\p{L})(?:[Mm]r|[Mm]rs|[Mm]s|[Ss]dr|[Ss]dri|[Kk]r|[Aa]ndi)\.?\s+(\p{Lu}\p{L}+)/gu,
	/(?<!\p{L})(?:nama\s*(?:saya|aku|ku|lengkap)|atas\s+nama|my\s+name)(?:\s+(?:adalah|ialah|is))?[\s:,]+(\p{L}{2,})/giu,
	/(?<!\p{L})(?:a\.\s?n\.?|a\/n|an\.|ttd\.?|tertanda)[\s:,/]+(\p{L}{2,})/giu,
	/(?<!\p{L})[Ss]aya,?\s+(\p{Lu}\p{Ll}+)\s+(\p{Lu}\p{Ll}+)/gu
];

const namesSomebody = (text: string): boolean =>
	NAME_PATTERNS.some((pattern) =>
		[...text.matchAll(pattern)].some(([, ...words]) => words.every((word) => !isCommonWord(word)))
	);

/** Parts of names that are also ordinary words or titles. */
const ORDINARY = new Set(
	`petugas contoh pegawai staf kepala admin resepsionis satpam pelayanan layanan bapak ibu pak mas mbak haji hajah drs dra
	prof bin binti dan the officer example sst mstat msi mm amd spd skom indah cahaya murni setia`.split(/\s+/)
);

function namesAnyOf(text: string, names: readonly string[]): boolean {
	const words = new Set(text.toLowerCase().split(/[^\p{L}]+/u));
	return names
		.flatMap((name) => name.toLowerCase().split(/[^\p{L}]+/u))
		.some((part) => part.length >= 3 && !ORDINARY.has(part) && words.has(part));
}

/**
 * Flags a comment that may contain names (of the office's officers, or any name where one is expected), phone numbers,
 * e-mail addresses, NIK or insults. A flagged comment is reviewed by a manager first. It is neither refused nor
 * changed.
 * @param names names of the office's officers
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
		insult: insult.test(withLettersForDigits(text))
	};
	return COMMENT_FLAGS.filter((flag) => flag !== 'manager' && found[flag]);
}
