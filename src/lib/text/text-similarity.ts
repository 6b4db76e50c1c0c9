import { stemOf, significantWords } from './indonesian.ts';

/** A text prepared for comparison with many others. */
export interface Fingerprint {
	/** Stem of each significant word, with the word as written. */
	words: ReadonlyMap<string, string>;
	trigrams: ReadonlySet<string>;
}

/** Prepares a text: the stems of its significant words, and their trigrams. */
export function fingerprintOf(text: string): Fingerprint {
	const words = new Map<string, string>();
	for (const word of significantWords(text)) {
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
 * Computes the similarity of two texts, from 0 (nothing in common) to 1 (the same significant words in any order and
 * form), as the Dice coefficient of their trigrams. Trigrams tolerate typing errors.
 */
export function similarityOf(a: Fingerprint, b: Fingerprint): number {
	const all = a.trigrams.size + b.trigrams.size;
	if (all === 0) return 0;
	const [small, large] = a.trigrams.size < b.trigrams.size ? [a, b] : [b, a];
	let shared = 0;
	for (const piece of small.trigrams) if (large.trigrams.has(piece)) shared += 1;
	return (2 * shared) / all;
}

const MOST_SHARED = 5;

/** Words that both texts contain, as written in the first, longest first. They explain the similarity. */
export function sharedWords(a: Fingerprint, b: Fingerprint): string[] {
	const shared = [...a.words].filter(([stem]) => b.words.has(stem)).map(([, word]) => word);
	return shared.sort((one, other) => other.length - one.length || one.localeCompare(other)).slice(0, MOST_SHARED);
}
