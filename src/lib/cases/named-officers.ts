import { wordsOf } from '#lib/text/indonesian.ts';

/** Words in names or titles that would match too many officers. */
const COMMON = new Set(['petugas', 'contoh', 'bapak', 'ibu', 'kepala', 'muhammad', 'siti']);
/** Titles before a name, which a reporter leaves out. */
const TITLES = new Set(['dr', 'dra', 'drs', 'h', 'haji', 'hj', 'ir', 'prof']);

function containsSequence(text: readonly string[], sequence: readonly string[]): boolean {
	return text.some((_, start) => sequence.every((word, offset) => text[start + offset] === word));
}

interface Named {
	name: string;
	nicknames: readonly string[];
}

/** The words of a name without titles. */
const partsOf = ({ name }: Named): string[] => wordsOf(name.replace(/,.*$/, '')).filter((word) => !TITLES.has(word));

/** Whether the words of a text contain the whole name of an officer, or a nickname. */
const namesWhole = (words: readonly string[], officer: Named): boolean =>
	[partsOf(officer), ...officer.nicknames.map(wordsOf)].some(
		(sequence) => sequence.length > 0 && containsSequence(words, sequence)
	);

/** Whether a text has the whole name of an officer, or a nickname. A part of the name may be another person's. */
export const hasWholeName = (text: string, officer: Named): boolean => namesWhole(wordsOf(text), officer);

/**
 * Finds the officers whom a text seems to name. The whole name matches, a nickname, or a part of the name with four
 * letters or more that is not a common word. These are proposals. The case is hidden from those accounts until a person
 * decides.
 */
export function officersIn<O extends Named>(text: string, officers: readonly O[]): O[] {
	const words = wordsOf(text);
	const single = new Set(words);
	const hasPart = (part: string) => part.length >= 4 && !COMMON.has(part) && single.has(part);
	return officers.filter((officer) => namesWhole(words, officer) || partsOf(officer).some(hasPart));
}

const digits = (text: string): string => text.replace(/\D/g, '');

/**
 * Finds data in a text that an officer named in the report must not learn. This is the report number, or its last six
 * digits, and the reporter's e-mail, phone, and parts of the name with four letters or more. Undefined if there is
 * none.
 */
export function reporterDataIn(
	text: string,
	reference: string,
	reporter: { name: string | null; email: string | null; phone: string | null } | null
): string | undefined {
	if (text.includes(reference.slice(-6))) return reference;
	if (!reporter) return undefined;
	const { name, email, phone } = reporter;
	if (email && text.toLowerCase().includes(email.toLowerCase())) return email;
	// The last eight digits: 0812…, 62812… and +62812… are the same phone.
	if (phone && digits(text).includes(digits(phone).slice(-8))) return phone;
	const words = new Set(wordsOf(text));
	return wordsOf(name ?? '').find((part) => part.length >= 4 && words.has(part));
}
