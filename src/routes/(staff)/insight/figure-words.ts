import { m } from '#lib/paraglide/messages.js';
import type { Change } from '#lib/ratings/breakdown.ts';
import type { Direction } from '#lib/ratings/trend.ts';
import { formatDecimals, formatNumber, formatShare } from '#lib/text/numbers.ts';
import { responseRate, type Responses } from '#lib/visits/response.ts';

const changes = { higher: m.insight_change_higher, lower: m.insight_change_lower, alike: m.insight_change_alike };
const directions = {
	rising: m.insight_trend_rising,
	falling: m.insight_trend_falling,
	steady: m.insight_trend_steady,
	unknown: m.insight_insufficient_title
};

/** Change of a mean in words, such as `Lebih tinggi (+0,12)`. */
export function changeWord(change: Change, by: number): string {
	return changes[change]({ by: `${by < 0 ? '−' : '+'}${formatDecimals(Math.abs(by))}` });
}

export const directionWord = (direction: Direction): string => directions[direction]();

/** Rank in words, such as `2–4 dari 6`. Among fewer than five officers there is no rank (`null`). */
export function rankWord(rank: readonly [from: number, to: number] | null, total: number): string {
	if (!rank) return m.insight_rank_none();
	const [from, to] = rank;
	return from === to ? m.insight_rank_one({ from, total }) : m.insight_rank({ from, to, total });
}

export function responseShare(of: Responses): string {
	const rate = responseRate(of);
	return rate === null ? '–' : formatShare(rate);
}

export function responseNote(of: Responses): string {
	if (of.visits === 0) return m.insight_sum_no_visits();
	if (responseRate(of) === null) return m.insight_sum_few_visits();
	const { answered, visits } = of;
	return m.insight_sum_response_detail({ answered: formatNumber(answered), visits: formatNumber(visits) });
}
