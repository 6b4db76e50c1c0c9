import type { Figures } from './figures.ts';
import { posterior, ratingsIn, UNIFORM, type Counts } from './adjusted-score.ts';
import { ASPECTS, RATING_SOURCES, type Aspect, type RatingSource } from './vocabulary.ts';

/** The mean of the scores as they were given; null without any. */
export function plainMean(counts: Counts): number | null {
	const n = ratingsIn(counts);
	return n > 0 ? counts.reduce((sum, count, index) => sum + count * (index + 1), 0) / n : null;
}

export interface Range {
	mean: number;
	low: number;
	high: number;
}

/** The plain mean with its 95 % interval and nothing added; null below the minimum, where it would say too much. */
export function plainRange(counts: Counts, minimum: number): Range | null {
	if (ratingsIn(counts) < Math.max(1, minimum)) return null;
	const { mean, low, high } = posterior(counts, { prior: UNIFORM, weight: 0 });
	return { mean, low, high };
}

/** How two ranges stand to each other: surely different only where they don't touch. */
export type Change = 'higher' | 'lower' | 'alike';

export function changeOf(now: Range, then: Range): Change {
	return now.low > then.high ? 'higher' : now.high < then.low ? 'lower' : 'alike';
}

/** What was said of each aspect; the mean is null if fewer than the minimum said something. */
export function aspectsOf(figures: Figures, minimum: number): { aspect: Aspect; n: number; mean: number | null }[] {
	return ASPECTS.map((aspect) => {
		const n = figures[`${aspect}N`];
		return { aspect, n, mean: n >= Math.max(1, minimum) ? figures[`${aspect}Sum`] / n : null };
	});
}

/** Where the ratings came from; sources of none are left out. */
export function sourcesOf(figures: Figures): { source: RatingSource; n: number }[] {
	return RATING_SOURCES.map((source) => ({ source, n: figures[source] })).filter(({ n }) => n > 0);
}
