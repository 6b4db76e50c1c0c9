import type { RatingSource, Score } from './vocabulary.ts';

/**
 * The columns of the sums of counted ratings: the number per score, of verified ratings, per source, and per aspect the
 * number and sum of its scores. Sums of days can be added up over any period.
 */
export const FIGURES = [
	'c1',
	'c2',
	'c3',
	'c4',
	'c5',
	'verified',
	'visit',
	'kiosk',
	'place',
	'web',
	'api',
	'courtesyN',
	'courtesySum',
	'speedN',
	'speedSum',
	'knowledgeN',
	'knowledgeSum'
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Figure, number>>;

export interface Countable {
	score: number;
	verified: boolean;
	source: RatingSource;
	courtesy?: number | null;
	speed?: number | null;
	knowledge?: number | null;
}

/** The values one rating adds to the sums, without zeros. @throws RangeError for a score outside 1 to 5 */
export function figuresOf(rating: Countable): Partial<Record<Figure, number>> {
	if (!Number.isInteger(rating.score) || rating.score < 1 || rating.score > 5)
		throw new RangeError(`a score is a whole number from 1 to 5, not ${rating.score}`);
	const { courtesy, speed, knowledge } = rating;
	return {
		[`c${rating.score as Score}`]: 1,
		...(rating.verified ? { verified: 1 } : {}),
		[rating.source]: 1,
		...(courtesy ? { courtesyN: 1, courtesySum: courtesy } : {}),
		...(speed ? { speedN: 1, speedSum: speed } : {}),
		...(knowledge ? { knowledgeN: 1, knowledgeSum: knowledge } : {})
	};
}
