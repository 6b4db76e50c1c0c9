import fc from 'fast-check';
import type { Counts, Shares } from '#lib/ratings/adjusted-score.ts';

/*
 * Random input of the tests of scores.
 */

const count = fc.nat(200);

/** Ratings per score, also none at all. */
export const countsOf: fc.Arbitrary<Counts> = fc.tuple(count, count, count, count, count);

/** Any prior, also of a single score. */
export const priors: fc.Arbitrary<Shares> = countsOf
	.filter((counts) => counts.some((c) => c > 0))
	.map((counts) => {
		const n = counts.reduce((a, b) => a + b);
		return counts.map((c) => c / n) as unknown as Shares;
	});
