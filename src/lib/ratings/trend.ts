import { monthsAfter, monthStart, type Period } from './period.ts';
import { posterior, ratingsIn, sumCounts, type Counts, type Shares } from './adjusted-score.ts';

/** The months that a direction is read from. */
const TREND_MONTHS = 12;
const LONGEST_CHART = 36;

/** Twelve months up to the last day of a period, whatever its own length: the running month is the last of them. */
export function trendPeriod({ to }: Period): Period {
	return { from: monthsAfter(to, 1 - TREND_MONTHS), to };
}

/** What a chart by month shows: the period, and at least the same month a year before. */
export function chartPeriod({ from, to }: Period): Period {
	const least = monthsAfter(to, -TREND_MONTHS);
	const most = monthsAfter(to, 1 - LONGEST_CHART);
	const wanted = monthStart(from) < least ? monthStart(from) : least;
	return { from: wanted < most ? most : wanted, to };
}

export type Direction = 'rising' | 'falling' | 'steady' | 'unknown';

export interface Trend {
	/** The estimated mean of each month, oldest first; null in a month without ratings. */
	points: (number | null)[];
	/** `unknown` where either half has fewer ratings than the minimum. */
	direction: Direction;
}

/**
 * The trend of an officer over some months: each month as the method estimates it, so that two ratings barely move it, and
 * a direction only where the ranges of the later and of the earlier half don't touch.
 *
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
