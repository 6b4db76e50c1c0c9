/** Words in names or titles that would match nearly everybody. */
const COMMON = new Set(['petugas', 'contoh', 'bapak', 'pak', 'ibu', 'bu', 'kepala', 'haji', 'drs', 'muhammad', 'siti']);

const words = (text: string): string[] =>
	text
		.toLocaleLowerCase('id')
		.normalize('NFKD')
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);

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
	const spoken = words(text);
	const single = new Set(spoken);
	return officers.filter((officer) => {
		const parts = words(officer.name.replace(/,.*$/, ''));
		const whole = [parts, ...officer.nicknames.map(words)].filter((sequence) => sequence.length > 0);
		if (whole.some((sequence) => holdsSequence(spoken, sequence))) return true;
		return parts.some((part) => part.length >= 4 && !COMMON.has(part) && single.has(part));
	});
}
