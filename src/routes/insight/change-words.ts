import { m } from '#lib/paraglide/messages.js';
import type { Change } from '#lib/ratings/breakdown.ts';
import type { Direction } from '#lib/ratings/trend.ts';
import { formatNumber } from '#lib/text/numbers.ts';

const changes = { higher: m.insight_change_higher, lower: m.insight_change_lower, alike: m.insight_change_alike };
const directions = {
	rising: m.insight_trend_rising,
	falling: m.insight_trend_falling,
	steady: m.insight_trend_steady,
	unknown: m.insight_trend_unknown
};

/** `Lebih tinggi (+0,12)`. */
export function changeWord(change: Change, by: number, lang: 'id' | 'en'): string {
	return changes[change]({ by: `${by < 0 ? '−' : '+'}${formatNumber(Math.abs(by), lang, 2)}` });
}

export const directionWord = (direction: Direction): string => directions[direction]();
