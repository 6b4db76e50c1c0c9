import { DEFAULT_WEIGHT, posterior, ratingsIn, type Counts, type Shares } from './adjusted-score.ts';

export const DEFAULT_MINIMUM = 10;
/** Smallest allowed setting. With fewer ratings than this, visitors could be recognised from a score. */
export const LEAST_MINIMUM = 5;
/** Largest allowed setting. Above it hardly any officer is listed. */
export const GREATEST_MINIMUM = 100;
/** With fewer officers than this, none has a rank. */
const LEAST_RANKED = 5;

/** `prior` is the prior of the officer's own unit; if it is missing, the comparison's prior is used. */
export type RatedOfficer = { id: string; name: string; counts: Counts; verified: number; prior?: Shares };

/**
 * Lists the officers with at least `minimum` ratings, ordered by mean, then number of ratings, then id. The others are
 * listed separately, without a score and by id. The order of the input does not matter.
 */
export function rankOfficers(
	officers: readonly RatedOfficer[],
	{ prior, weight = DEFAULT_WEIGHT, minimum = DEFAULT_MINIMUM }: { prior: Shares; weight?: number; minimum?: number }
) {
	const enough = Math.max(LEAST_MINIMUM, minimum);
	const byId = [...officers].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
	const scored = byId
		.filter((officer) => ratingsIn(officer.counts) >= enough)
		.map((officer) => ({ officer, ...posterior(officer.counts, { prior: officer.prior ?? prior, weight }) }))
		// The sort is stable, so equal officers stay ordered by id.
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

/** First and last possible rank of this officer; null if fewer than five are listed. */
function rankOf(mine: Interval, listed: readonly Interval[]): [from: number, to: number] | null {
	if (listed.length < LEAST_RANKED) return null;
	const surelyBetter = listed.filter((other) => other.low > mine.high).length;
	const surelyWorse = listed.filter((other) => other.high < mine.low).length;
	return [1 + surelyBetter, listed.length - surelyWorse];
}
