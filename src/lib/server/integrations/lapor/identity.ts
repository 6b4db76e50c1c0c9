import type { CreatePayload } from './types.ts';

/**
 * Shorter names are removed only as written or in capitals: "ada" is also a common word, which `saysReferenceExists`
 * must still find in the text.
 */
const MIN_ANY_CASE = 4;
const ANY_CASE = 'giu';
const AS_WRITTEN = 'gu';
/** The last digits of a phone number, because 0812… and +62812… are the same. */
const PHONE_DIGITS = 8;

type Identity = Pick<CreatePayload, 'nameUser' | 'emailUser' | 'phoneUser'>;

/**
 * Returns a function that removes the reporter's identity from a text of LAPOR, because staff may not see a withheld
 * name. Removes only whole words, so that "Dian" stays in "kediaman". Removes the address first, because it may contain
 * the name.
 *
 * @param nameParts words of the name that are also removed alone, but not in small letters: "hari" is also a day
 */
export function withoutIdentity(
	{ nameUser, emailUser, phoneUser }: Identity,
	nameParts: readonly string[] = []
): (text: string) => string {
	const inCapitals = (names: readonly (string | undefined)[]) => names.flatMap((name) => [name, name?.toUpperCase()]);
	const patternsOf = (words: readonly (string | undefined)[], flags?: string) =>
		words
			.map((word = '') => word.trim())
			.filter((word) => word.length >= 2)
			.map((word) => wordPattern(word, flags ?? (word.length < MIN_ANY_CASE ? AS_WRITTEN : ANY_CASE)));
	const phone = phoneUser?.replace(/\D/g, '').slice(-PHONE_DIGITS) ?? '';
	const phones = phone.length < PHONE_DIGITS ? [] : [phonePattern(phone)];
	const patterns = [
		...patternsOf([emailUser, ...inCapitals([nameUser])]),
		...patternsOf(nameParts.flatMap(asNames), AS_WRITTEN),
		...phones
	];
	return (text) => patterns.reduce((rest, pattern) => rest.replace(pattern, '•••'), text);
}

/** The spellings of a part of a name, without the one in small letters: `Budi` and `BUDI` for `budi`. */
function asNames(part: string): string[] {
	const [first = '', ...rest] = part;
	const capitalised = first.toUpperCase() + rest.join('').toLowerCase();
	return [...new Set([part, capitalised, part.toUpperCase()])].filter((name) => name !== part.toLowerCase());
}

/** HTML and JSON may write a sign as `&#039;` or `\u0027`, and JSON a line break before a word as `\n`. */
function wordPattern(word: string, flags: string): RegExp {
	const written = Array.from(word, (one) => {
		// In one way only: with two ways, a long name of these signs would take minutes to search.
		if (one === '\\') return String.raw`\\`;
		if (one === '&') return '&(?:amp;)?';
		if (/[a-z\d]/i.test(one)) return one;
		return String.raw`(?:\u{${one.codePointAt(0)?.toString(16)}}|&#?\w+;|\\(?:u[\da-fA-F]{4}|.))`;
	});
	const source = String.raw`(?<=^|[^\p{L}\d]|\\[bfnrt]|\\u[\da-fA-F]{4})${written.join('')}(?![\p{L}\d])`;
	return new RegExp(source, flags);
}

const phonePattern = (digits: string) => new RegExp(String.raw`\+?\d{0,8}${[...digits].join('[ .-]?')}(?!\d)`, 'g');
