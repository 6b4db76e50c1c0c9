/** A piece of text; `hit`: it matches the search. Pieces are rendered as text, so that they cannot become markup. */
export interface Piece {
	text: string;
	hit: boolean;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** The different words of a text, in lower case. */
export function wordsIn(text: string): string[] {
	return [...new Set([...text.matchAll(WORD)].map(([word]) => word.toLowerCase()))];
}

/** A word in the form in which the search compares it. */
const plain = (word: string) => word.normalize('NFKC').toLowerCase();

/** Splits a text into pieces and marks each word that `isHit` accepts. */
export function marked(text: string, isHit: (word: string) => boolean): Piece[] {
	const pieces: Piece[] = [];
	let from = 0;
	for (const { 0: word, index } of text.matchAll(WORD)) {
		if (!isHit(plain(word))) continue;
		if (index > from) pieces.push({ text: text.slice(from, index), hit: false });
		pieces.push({ text: word, hit: true });
		from = index + word.length;
	}
	if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
	return pieces;
}

/** Maximum number of characters before the first marked word. */
const LEAD = 60;

/**
 * Returns about `length` characters around the first marked word, with … where text was omitted; undefined if no word
 * is marked.
 */
export function excerptOf(text: string, isHit: (word: string) => boolean, length: number): Piece[] | undefined {
	const line = text.replace(/\s+/gu, ' ').trim();
	const first = [...line.matchAll(WORD)].find(([word]) => isHit(plain(word)));
	if (!first) return undefined;
	const lead = Math.max(0, first.index - LEAD);
	// The excerpt begins after a space. If there is none before the marked word, it begins in the middle of a word.
	const start = lead === 0 ? 0 : lead + line.slice(lead, first.index).indexOf(' ') + 1;
	const limit = Math.max(start + length, first.index + first[0].length);
	const space = line.lastIndexOf(' ', limit);
	const end = limit >= line.length ? line.length : space > first.index ? space : limit;
	const words = `${start > 0 ? '… ' : ''}${line.slice(start, end)}${end < line.length ? ' …' : ''}`;
	return marked(words, isHit);
}

/** The beginning of a text on one line, cut between words. It replaces the missing title of a report. */
export function firstWords(text: string, letters: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	if ([...line].length <= letters) return line;
	const cut = [...line].slice(0, letters).join('');
	const space = cut.lastIndexOf(' ');
	// A single very long word is cut inside.
	return `${(space > letters / 2 ? cut.slice(0, space) : cut).replace(/[\s,.;:–-]+$/, '')} …`;
}
