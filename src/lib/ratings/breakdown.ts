import type { Figures } from './figures.ts';
import { posterior, ratingsIn, UNIFORM, type Counts } from './adjusted-score.ts';
import { ASPECTS, RATING_SOURCES, type Aspect, type RatingSource } from './vocabulary.ts';

/** The plain mean of the scores; null without ratings. */
export function plainMean(counts: Counts): number | null {
	const n = ratingsIn(counts);
	return n > 0 ? counts.reduce((sum, count, index) => sum + count * (index + 1), 0) / n : null;
}

export interface Range {
	mean: number;
	low: number;
	high: number;
}

/**
 * The plain mean with its 95 % interval, without a prior; null below the minimum, where it would reveal single scores.
 */
export function plainRange(counts: Counts, minimum: number): Range | null {
	if (ratingsIn(counts) < Math.max(1, minimum)) return null;
	const { mean, low, high } = posterior(counts, { prior: UNIFORM, weight: 0 });
	return { mean, low, high };
}

/** Comparison of two ranges. They differ only if they do not overlap. */
export type Change = 'higher' | 'lower' | 'alike';

export function changeOf(now: Range, then: Range): Change {
	return now.low > then.high ? 'higher' : now.high < then.low ? 'lower' : 'alike';
}

/** Number and mean of the scores of each aspect; the mean is null below the minimum. */
export function aspectsOf(figures: Figures, minimum: number): { aspect: Aspect; n: number; mean: number | null }[] {
	return ASPECTS.map((aspect) => {
		const n = figures[`${aspect}N`];
		return { aspect, n, mean: n >= Math.max(1, minimum) ? figures[`${aspect}Sum`] / n : null };
	});
}

/** Numbers of ratings by source, without sources that have none. */
export function sourcesOf(figures: Figures): { source: RatingSource; n: number }[] {
	return RATING_SOURCES.map((source) => ({ source, n: figures[source] })).filter(({ n }) => n > 0);
}
