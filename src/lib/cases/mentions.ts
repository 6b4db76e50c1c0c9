export interface Mentioned {
	username: string;
	name: string;
}

/** A piece of a note: plain words, or the name of somebody it speaks to. */
type NotePiece = { text: string; mentioned?: undefined } | { text: string; mentioned: Mentioned };

/** `@nama.akun` where a word begins: the second half of an e-mail address is none. A full stop at its end is the sentence's. */
const MENTION = /(?<![\p{L}\p{N}._%+-])@([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)/giu;

/** The usernames a note mentions, each once, in small letters. */
export function mentionsIn(text: string): string[] {
	return [...new Set([...text.matchAll(MENTION)].map(([, name = '']) => name.toLowerCase()))];
}

/** The note cut where it names one of `people`; put together again it is the same text. */
export function notePieces(text: string, people: readonly Mentioned[]): NotePiece[] {
	const pieces: NotePiece[] = [];
	let from = 0;
	for (const match of text.matchAll(MENTION)) {
		const mentioned = people.find(({ username }) => username === match[1]?.toLowerCase());
		if (!mentioned) continue;
		if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
		pieces.push({ text: match[0], mentioned });
		from = match.index + match[0].length;
	}
	if (from < text.length) pieces.push({ text: text.slice(from) });
	return pieces;
}
