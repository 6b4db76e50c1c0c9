/**
 * The comparison of officers: a Dirichlet-multinomial posterior of the five scores. Counts are of counted ratings alone
 * (neither voided nor held). Nothing is rounded here; a screen rounds what it shows and never what it orders by.
 */

/** How many ratings gave 1, 2, 3, 4 and 5. */
export type Counts = readonly [number, number, number, number, number];
/** Shares of 1 to 5 that sum to one. */
export type Shares = Counts;

export const UNIFORM: Shares = [0.2, 0.2, 0.2, 0.2, 0.2];
export const DEFAULT_WEIGHT = 10;
export const DEFAULT_MINIMUM = 10;
/** No setting may show a score of fewer ratings: with so few, visitors could be recognised. */
export const LEAST_MINIMUM = 5;
/** Beyond these hardly an officer is ever listed, or each only looks like the office. */
export const GREATEST_MINIMUM = 100;
export const GREATEST_WEIGHT = 100;
const LEAST_RANKED = 5;
const LEAST_IN_PRIOR = 2;
/** The normal quantile of a 95 % interval. */
const Z = 1.96;

/** `prior` is that of the officer's own unit; without one the comparison's prior counts. */
export type RatedOfficer = { id: string; name: string; counts: Counts; verified: number; prior?: Shares };

/**
 * Mean and 95 % interval (clamped to 1..5) of counts under a prior that weighs as much as `weight` ratings. Throws a
 * RangeError where neither counts nor prior weigh anything.
 */
export function posterior(counts: Counts, { prior, weight = DEFAULT_WEIGHT }: { prior: Shares; weight?: number }) {
	const n = ratingsIn(counts);
	const mass = n + weight;
	if (!(weight >= 0) || !(mass > 0)) throw new RangeError('a posterior needs ratings or a prior with weight');
	const moment = (power: number) =>
		counts.reduce((sum, count, i) => sum + (i + 1) ** power * (count + weight * (prior[i] ?? 0)), 0) / mass;
	const mean = moment(1);
	// Scores that all agree may come out a hair below zero.
	const variance = Math.max(0, moment(2) - mean ** 2) / (mass + 1);
	const reach = Z * Math.sqrt(variance);
	return { n, mean, variance, low: Math.max(1, mean - reach), high: Math.min(5, mean + reach) };
}

/**
 * The shares of all ratings of a unit's officers, those below the minimum included; null if fewer than two of them
 * were rated, for then one person would be measured against nobody else.
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
 * The prior of a unit: its own officers where two or more were rated, else all ratings of the parent with all its units,
 * else (no parent, or nothing rated there) uniform.
 */
export function priorFor(unit: readonly Counts[], parent: readonly Counts[]): Shares {
	return priorOf(unit) ?? sharesOf(parent) ?? UNIFORM;
}

/**
 * Lists the officers with at least `minimum` ratings by mean, then number, then id; the others apart and without a
 * score, in the order of their ids. The order of the input is irrelevant.
 */
export function compare(
	officers: readonly RatedOfficer[],
	{ prior, weight = DEFAULT_WEIGHT, minimum = DEFAULT_MINIMUM }: { prior: Shares; weight?: number; minimum?: number }
) {
	const enough = Math.max(LEAST_MINIMUM, minimum);
	const byId = [...officers].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
	const scored = byId
		.filter((officer) => ratingsIn(officer.counts) >= enough)
		.map((officer) => ({ officer, ...posterior(officer.counts, { prior: officer.prior ?? prior, weight }) }))
		// The sort is stable: what is still equal stays in the order of ids.
		.sort((a, b) => b.mean - a.mean || b.n - a.n);
	return {
		items: scored.map((row) => ({
			officer: { id: row.officer.id, name: row.officer.name },
			n: row.n,
			mean: row.mean,
			low: row.low,
			high: row.high,
			rank: rankOf(row, scored),
			verifiedShare: row.officer.verified / row.n,
			distribution: row.officer.counts
		})),
		insufficient: byId
			.filter((officer) => ratingsIn(officer.counts) < enough)
			.map(({ id, name, counts }) => ({ officer: { id, name }, n: ratingsIn(counts) }))
	};
}

type Interval = { low: number; high: number };

/** First and last place this officer may hold; null among fewer than five listed. */
function rankOf(mine: Interval, listed: readonly Interval[]): [from: number, to: number] | null {
	if (listed.length < LEAST_RANKED) return null;
	const surelyBetter = listed.filter((other) => other.low > mine.high).length;
	const surelyWorse = listed.filter((other) => other.high < mine.low).length;
	return [1 + surelyBetter, listed.length - surelyWorse];
}

export const ratingsIn = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0);

export const sumCounts = (all: readonly Counts[]): Counts =>
	mapCounts([0, 0, 0, 0, 0], (_, score) => all.reduce((sum, counts) => sum + (counts[score] ?? 0), 0));

function mapCounts(counts: Counts, change: (count: number, index: number) => number): Counts {
	const [one, two, three, four, five] = counts;
	return [change(one, 0), change(two, 1), change(three, 2), change(four, 3), change(five, 4)];
}
