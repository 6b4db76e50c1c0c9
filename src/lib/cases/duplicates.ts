import { likeness, sharedWords, type Print } from '#lib/text/likeness.ts';

/** Reports about one matter come within days of each other. */
export const DUPLICATE_DAYS = 14;
/** From here on two reports are shown to a person as likely the same matter. */
export const DUPLICATE_FROM = 0.45;
const MOST = 5;

/** A report beside the one that is looked at. */
export interface Neighbour {
	print: Print;
	/** The same submission's words, or the same reporter: may be archived as a duplicate. */
	sameSource: boolean;
	days: number;
}

interface Likely<N> {
	neighbour: N;
	degree: number;
	words: string[];
}

/**
 * The reports most likely about the same matter, the most alike first. Of the same reporter, half the likeness is
 * enough to be shown: people rarely write twice in two weeks about different things in like words.
 */
export function likelyDuplicates<N extends Neighbour>(of: Print, neighbours: readonly N[]): Likely<N>[] {
	return neighbours
		.map((neighbour) => ({
			neighbour,
			degree: likeness(of, neighbour.print),
			words: sharedWords(of, neighbour.print)
		}))
		.filter(({ neighbour, degree }) => degree >= (neighbour.sameSource ? DUPLICATE_FROM / 2 : DUPLICATE_FROM))
		.sort((a, b) => b.degree - a.degree || a.neighbour.days - b.neighbour.days)
		.slice(0, MOST);
}
