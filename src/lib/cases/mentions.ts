export interface Mentioned {
	username: string;
	name: string;
}

/** A piece of a note: plain text or a mention. */
type NotePiece = { text: string; mentioned?: undefined } | { text: string; mentioned: Mentioned };

/**
 * `@nama.akun` at the start of a word, so an e-mail address does not match. A final full stop is not part of the
 * username.
 */
const MENTION = /(?<![\p{L}\p{N}._%+-])@([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)/giu;

/** The usernames that a note mentions, each once, in lower case. */
export function mentionsIn(text: string): string[] {
	return [...new Set([...text.matchAll(MENTION)].map(([, name = '']) => name.toLowerCase()))];
}

/** Splits a note at the mentions of `people`. The pieces joined together are the note. */
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
