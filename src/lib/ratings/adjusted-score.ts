/**
 * The adjusted score: the mean of a Dirichlet-multinomial posterior of the five scores. Only counted ratings are used,
 * neither voided nor held ones. No value is rounded here; screens round for display, never for ordering.
 */

/** Numbers of ratings with score 1, 2, 3, 4 and 5. */
export type Counts = readonly [number, number, number, number, number];
/** Shares of the scores 1 to 5, with sum one. */
export type Shares = Counts;

export const UNIFORM: Shares = [0.2, 0.2, 0.2, 0.2, 0.2];
export const DEFAULT_WEIGHT = 10;
/** Largest allowed setting. Above it all officers get the office's score. */
export const GREATEST_WEIGHT = 100;
const LEAST_IN_PRIOR = 2;
/** Normal quantile of a 95 % interval. */
const Z = 1.96;

/**
 * Computes the mean and the 95 % interval (limited to 1..5) of counts, with a prior that counts like `weight` ratings.
 * @throws RangeError if there are neither ratings nor a prior with weight
 */
export function posterior(counts: Counts, { prior, weight = DEFAULT_WEIGHT }: { prior: Shares; weight?: number }) {
	const n = ratingsIn(counts);
	const mass = n + weight;
	if (!(weight >= 0) || !(mass > 0)) throw new RangeError('a posterior needs ratings or a prior with weight');
	const moment = (power: number) =>
		counts.reduce((sum, count, i) => sum + (i + 1) ** power * (count + weight * (prior[i] ?? 0)), 0) / mass;
	const mean = moment(1);
	// If all scores are equal, rounding may give a value slightly below zero.
	const variance = Math.max(0, moment(2) - mean ** 2) / (mass + 1);
	const reach = Z * Math.sqrt(variance);
	return { n, mean, variance, low: Math.max(1, mean - reach), high: Math.min(5, mean + reach) };
}

/**
 * Returns the shares of all ratings of a unit's officers, including those below the minimum. Null if fewer than two
 * officers were rated, because an officer would then be compared only with themselves.
 */
export function priorOf(officers: readonly Counts[]): Shares | null {
	const rated = officers.filter((counts) => ratingsIn(counts) > 0);
	return rated.length < LEAST_IN_PRIOR ? null : sharesOf(rated);
}

function sharesOf(officers: readonly Counts[]): Shares | null {
	const sums = sumCounts(officers);
	const n = ratingsIn(sums);
	return n === 0 ? null : mapCounts(sums, (count) => count / n);
}

/**
 * Returns the prior of a unit: from its own officers if two or more were rated, otherwise from all ratings of the
 * parent with its units, otherwise uniform.
 */
export function priorFor(unit: readonly Counts[], parent: readonly Counts[]): Shares {
	return priorOf(unit) ?? sharesOf(parent) ?? UNIFORM;
}

export const ratingsIn = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0);

export const sumCounts = (all: readonly Counts[]): Counts =>
	mapCounts([0, 0, 0, 0, 0], (_, score) => all.reduce((sum, counts) => sum + (counts[score] ?? 0), 0));

function mapCounts(counts: Counts, change: (count: number, index: number) => number): Counts {
	const [one, two, three, four, five] = counts;
	return [change(one, 0), change(two, 1), change(three, 2), change(four, 3), change(five, 4)];
}
