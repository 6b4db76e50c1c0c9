import { wordsOf } from '#lib/text/indonesian.ts';

/** Words in names or titles that would match nearly everybody. */
const COMMON = new Set(['petugas', 'contoh', 'bapak', 'pak', 'ibu', 'bu', 'kepala', 'haji', 'drs', 'muhammad', 'siti']);

function holdsSequence(text: readonly string[], sequence: readonly string[]): boolean {
	return text.some((_, start) => sequence.every((word, offset) => text[start + offset] === word));
}

/**
 * Which of `officers` a text seems to name: by the whole name, by a nickname, or by one part of the name of four letters
 * or more that is no common word. Proposals only: a person confirms them, and until then the case is hidden from those
 * accounts.
 */
export function officersIn<O extends { id: string; name: string; nicknames: readonly string[] }>(
	text: string,
	officers: readonly O[]
): O[] {
	const spoken = wordsOf(text);
	const single = new Set(spoken);
	return officers.filter((officer) => {
		const parts = wordsOf(officer.name.replace(/,.*$/, ''));
		const whole = [parts, ...officer.nicknames.map(wordsOf)].filter((sequence) => sequence.length > 0);
		if (whole.some((sequence) => holdsSequence(spoken, sequence))) return true;
		return parts.some((part) => part.length >= 4 && !COMMON.has(part) && single.has(part));
	});
}

const digits = (text: string): string => text.replace(/\D/g, '');

/**
 * What of a report and its reporter a text holds that somebody named in the report must not learn: its number (also by
 * its last six digits), the reporter's e-mail, phone, or a part of the name of four letters or more. Undefined if it
 * holds none of these.
 */
export function revealing(
	text: string,
	reference: string,
	reporter: { name: string | null; email: string | null; phone: string | null } | null
): string | undefined {
	if (text.includes(reference.slice(-6))) return reference;
	if (!reporter) return undefined;
	const { name, email, phone } = reporter;
	if (email && text.toLowerCase().includes(email.toLowerCase())) return email;
	// The last eight digits: 0812…, 62812… and +62812… are one phone.
	if (phone && digits(text).includes(digits(phone).slice(-8))) return phone;
	const spoken = new Set(wordsOf(text));
	return wordsOf(name ?? '').find((part) => part.length >= 4 && spoken.has(part));
}
