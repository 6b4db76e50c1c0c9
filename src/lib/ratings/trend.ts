import { monthsAfter, monthStart, type Period } from './period.ts';
import { posterior, ratingsIn, sumCounts, type Counts, type Shares } from './adjusted-score.ts';

/** Months used to find a direction. */
const TREND_MONTHS = 12;
const MAX_CHART_MONTHS = 36;

/** The twelve months up to the last day of a period, whatever its length. The last one may be unfinished. */
export function trendPeriod({ to }: Period): Period {
	return { from: monthsAfter(to, 1 - TREND_MONTHS), to };
}

/** Period of a monthly chart: the given period, extended to at least 13 months and cut to at most 36. */
export function chartPeriod({ from, to }: Period): Period {
	const least = monthsAfter(to, -TREND_MONTHS);
	const most = monthsAfter(to, 1 - MAX_CHART_MONTHS);
	const start = monthStart(from) < least ? monthStart(from) : least;
	return { from: start < most ? most : start, to };
}

export type Direction = 'rising' | 'falling' | 'steady' | 'unknown';

export interface Trend {
	/** Estimated mean of each month, oldest first; null for a month without ratings. */
	points: (number | null)[];
	/** `unknown` if one of the halves has fewer ratings than the minimum. */
	direction: Direction;
}

/**
 * Computes an officer's trend over some months. Each month's mean is adjusted (`adjusted-score.ts`), so a few
 * ratings hardly change it. There is a direction only if the ranges of the earlier and the later half do not overlap.
 * @param months counts of each month, oldest first
 */
export function trendOf(
	months: readonly Counts[],
	{ prior, weight, minimum }: { prior: Shares; weight: number; minimum: number }
): Trend {
	const half = Math.ceil(months.length / 2);
	const [earlier, later] = [sumCounts(months.slice(0, half)), sumCounts(months.slice(half))];
	const enough = ratingsIn(earlier) >= minimum && ratingsIn(later) >= minimum;
	const [then, now] = [posterior(earlier, { prior, weight }), posterior(later, { prior, weight })];
	return {
		points: months.map((counts) => (ratingsIn(counts) > 0 ? posterior(counts, { prior, weight }).mean : null)),
		direction: !enough ? 'unknown' : now.low > then.high ? 'rising' : now.high < then.low ? 'falling' : 'steady'
	};
}
