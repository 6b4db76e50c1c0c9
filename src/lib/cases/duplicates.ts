import { similarityOf, sharedWords, type Fingerprint } from '#lib/text/text-similarity.ts';

/** Only reports received within this many days of each other are compared. */
export const DUPLICATE_DAYS = 14;
/** Minimum likeness of two reports that are shown as possible duplicates. */
export const DUPLICATE_FROM = 0.45;
const MOST = 5;

/** A report that is compared with the current one. */
export interface Neighbour {
	print: Fingerprint;
	/** It has the same content or the same reporter. Only then may one be archived as a duplicate of the other. */
	sameSource: boolean;
	days: number;
}

interface Likely<N> {
	neighbour: N;
	degree: number;
	words: string[];
}

/**
 * The reports that are most likely about the same matter, the most similar first. For the same source half the
 * likeness is enough, because people rarely write about two matters in similar words within two weeks.
 */
export function likelyDuplicates<N extends Neighbour>(of: Fingerprint, neighbours: readonly N[]): Likely<N>[] {
	return neighbours
		.map((neighbour) => ({
			neighbour,
			degree: similarityOf(of, neighbour.print),
			words: sharedWords(of, neighbour.print)
		}))
		.filter(({ neighbour, degree }) => degree >= (neighbour.sameSource ? DUPLICATE_FROM / 2 : DUPLICATE_FROM))
		.sort((a, b) => b.degree - a.degree || a.neighbour.days - b.neighbour.days)
		.slice(0, MOST);
}
