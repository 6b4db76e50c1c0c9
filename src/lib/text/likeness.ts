import { stemOf, tellingWords } from './indonesian.ts';

/** A text made ready to be compared with many others. */
export interface Print {
	/** Stem of each telling word, with the word as it was written. */
	words: ReadonlyMap<string, string>;
	trigrams: ReadonlySet<string>;
}

/** What of a text is compared: the stems of its telling words, and their pieces of three letters. */
export function printOf(text: string): Print {
	const words = new Map<string, string>();
	for (const word of tellingWords(text)) {
		const stem = stemOf(word);
		if (!words.has(stem)) words.set(stem, word);
	}
	const trigrams = new Set<string>();
	for (const stem of words.keys()) {
		const padded = `  ${stem} `;
		for (let at = 0; at + 3 <= padded.length; at += 1) trigrams.add(padded.slice(at, at + 3));
	}
	return { words, trigrams };
}

/**
 * How alike two texts are, from 0 (nothing shared) to 1 (the same telling words in whatever order and form): twice the
 * shared pieces over all of them (Dice). Pieces of three letters forgive a slip of the finger.
 */
export function likeness(a: Print, b: Print): number {
	const all = a.trigrams.size + b.trigrams.size;
	if (all === 0) return 0;
	const [small, large] = a.trigrams.size < b.trigrams.size ? [a, b] : [b, a];
	let shared = 0;
	for (const piece of small.trigrams) if (large.trigrams.has(piece)) shared += 1;
	return (2 * shared) / all;
}

/** Words that both texts hold, as the first writes them: the reason why they are alike, the longest first. */
export function sharedWords(a: Print, b: Print, most = 5): string[] {
	const shared = [...a.words].filter(([stem]) => b.words.has(stem)).map(([, word]) => word);
	return shared.sort((one, other) => other.length - one.length || one.localeCompare(other)).slice(0, most);
}
