import { wordsOf } from '#lib/text/indonesian.ts';
import { findOurReferences } from '#lib/text/reference-numbers.ts';

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

/** The word sequences that name an officer: the whole name, and each nickname. */
const namesOf = (officer: Named): string[][] =>
	[partsOf(officer), ...officer.nicknames.map(wordsOf)].filter((sequence) => sequence.length > 0);

/** Whether the words of a text contain the whole name of an officer, or a nickname. */
const containsName = (words: readonly string[], officer: Named): boolean =>
	namesOf(officer).some((sequence) => containsSequence(words, sequence));

/**
 * Words with which a letter or its address begins. Those of the first group never begin a sentence about a person; the
 * others may.
 */
const SALUTATION =
	/^[^\p{L}]*(?:((?:kepada\s+)?(?:yth|yang\s+(?:ter)?hormat)|dear)|kepada|bapak|bpk|pak|ibu|bu|saudara|sdr|halo|hai)(?!\p{L})/iu;
/** Words before a name in an address that need no capital letter. */
const OF_ADDRESS = new Set(
	'yth yang terhormat hormat bapak bpk pak ibu bu saudara sdr kepala pimpinan kantor selaku di dan'.split(' ')
);
/** Academic degrees after a name. */
const DEGREES = /^[\s,]*(?:\p{Lu}\p{L}{0,3}\.[\p{L}.]*[\s,]*)*/u;

/** The rest of a line after a salutation or address with the officer's name; undefined if the line has none. */
function afterSalutation(line: string, officer: Named): string | undefined {
	const [start, formal] = SALUTATION.exec(line) ?? [];
	if (start === undefined) return undefined;
	for (const sequence of namesOf(officer)) {
		const name = new RegExp(`(?<![\\p{L}\\p{N}])${sequence.join('[^\\p{L}\\p{N}]+')}(?![\\p{L}\\p{N}])`, 'iu');
		const found = name.exec(line);
		if (!found) continue;
		const before = line.slice(start.length, found.index).match(/[\p{L}\p{N}]+/gu) ?? [];
		const isAddress = before.every((word) => /^\p{Lu}/u.test(word) || OF_ADDRESS.has(word.toLowerCase()));
		const rest = line.slice(found.index + found[0].length);
		const isAlone = !/\p{L}/u.test(rest.replace(DEGREES, '').replace(/^di\s+tempat/iu, ''));
		if (isAddress && (isAlone || (formal !== undefined && /^\s*[,.:;!]/u.test(rest)))) return rest;
	}
	return undefined;
}

/**
 * Whether a text is about an officer: it has the whole name, or a nickname. A part of the name is not enough, because
 * it may be another person's. A letter that only addresses the officer is not about the officer.
 */
export function isAbout(text: string, officer: Named): boolean {
	const unaddressed = text.split('\n').map((line) => afterSalutation(line, officer) ?? line);
	return containsName(wordsOf(unaddressed.join('\n')), officer);
}

/**
 * Finds the officers whom a text seems to name: by the whole name, a nickname, or a part of the name with at least four
 * letters that is not a common word. These are proposals. The case is hidden from the accounts of these officers until
 * a person decides.
 */
export function officersIn<O extends Named>(text: string, officers: readonly O[]): O[] {
	const words = wordsOf(text);
	const single = new Set(words);
	const hasPart = (part: string) => part.length >= 4 && !COMMON.has(part) && single.has(part);
	return officers.filter((officer) => containsName(words, officer) || partsOf(officer).some(hasPart));
}

const digits = (text: string): string => text.replace(/\D/g, '');

/**
 * Finds data in a text that an officer named in the report must not learn. This is the number of any report, the last six
 * digits of this one, and the reporter's e-mail, phone, and parts of the name. Parts with three letters count only if the
 * text has them capitalised: "Eko" is a name, "ada" is a word. Undefined if there is none.
 */
export function reporterDataIn(
	text: string,
	reference: string,
	reporter: { name: string | null; email: string | null; phone: string | null } | null
): string | undefined {
	if (text.includes(reference.slice(-6))) return reference;
	const [other] = findOurReferences(text);
	if (other) return other;
	if (!reporter) return undefined;
	const { name, email, phone } = reporter;
	if (email && text.toLowerCase().includes(email.toLowerCase())) return email;
	// The last eight digits: 0812…, 62812… and +62812… are the same phone.
	if (phone && digits(text).includes(digits(phone).slice(-8))) return phone;
	const words = new Set(wordsOf(text));
	const capitalised = new Set(wordsOf((text.match(/\p{Lu}[\p{L}']*/gu) ?? []).join(' ')));
	return wordsOf(name ?? '').find((part) => (part.length === 3 ? capitalised : words).has(part) && part.length >= 3);
}
