/** A stretch of text; `hit`: what was looked for. Drawn as text and an element, so that nothing in it can become markup. */
export interface Piece {
	text: string;
	hit: boolean;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** The different words of a text, in small letters. */
export function wordsIn(text: string): string[] {
	return [...new Set([...text.matchAll(WORD)].map(([word]) => word.toLowerCase()))];
}

/** The text in pieces, each word for which `isHit` holds marked. */
export function marked(text: string, isHit: (word: string) => boolean): Piece[] {
	const pieces: Piece[] = [];
	let from = 0;
	for (const { 0: word, index } of text.matchAll(WORD)) {
		if (!isHit(word.toLowerCase())) continue;
		if (index > from) pieces.push({ text: text.slice(from, index), hit: false });
		pieces.push({ text: word, hit: true });
		from = index + word.length;
	}
	if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
	return pieces;
}

/** So much stands before the first marked word. */
const BEFORE = 60;

/**
 * About `length` characters around the first marked word, with … where something was left out; undefined if no word
 * is marked.
 */
export function excerptOf(text: string, isHit: (word: string) => boolean, length: number): Piece[] | undefined {
	const line = text.replace(/\s+/gu, ' ').trim();
	const first = [...line.matchAll(WORD)].find(([word]) => isHit(word.toLowerCase()));
	if (!first) return undefined;
	const start = first.index <= BEFORE ? 0 : line.indexOf(' ', first.index - BEFORE) + 1;
	const wanted = Math.max(start + length, first.index + first[0].length);
	const space = line.lastIndexOf(' ', wanted);
	const end = wanted >= line.length ? line.length : space > first.index ? space : wanted;
	const words = `${start > 0 ? '… ' : ''}${line.slice(start, end)}${end < line.length ? ' …' : ''}`;
	return marked(words, isHit);
}

/** The beginning of a text in one line, cut between words: what stands for a report that has no title. */
export function firstWords(text: string, letters: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	if ([...line].length <= letters) return line;
	const cut = [...line].slice(0, letters).join('');
	const space = cut.lastIndexOf(' ');
	// One endless word is cut where it has to be.
	return `${(space > letters / 2 ? cut.slice(0, space) : cut).replace(/[\s,.;:–-]+$/, '')} …`;
}
