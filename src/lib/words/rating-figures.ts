import { m } from '#lib/paraglide/messages.js';
import { changeOf, type Change, type Range } from '#lib/ratings/breakdown.ts';
import type { Direction } from '#lib/ratings/trend.ts';
import { formatDecimals, formatNumber, formatShare } from '#lib/text/numbers.ts';
import { responseRate, type Responses } from '#lib/visits/response-rate.ts';

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
	if (responseRate(of) === null) return m.insight_sum_few_visits();
	const { answered, visits } = of;
	return m.insight_sum_response_detail({ answered: formatNumber(answered), visits: formatNumber(visits) });
}

/** The figures of an overview (`insightOverview`). */
export interface OverviewFigures {
	/** Mean of the ratings with its interval, now and in the period before; null below the minimum. */
	satisfaction: Range | null;
	before: Range | null;
	responses: Responses;
	/** Deadlines of the office that were met or missed in the period. */
	deadlines: { onTime: number; due: number };
	/** Open reports with a missed deadline, now. */
	overdue: number;
	/** People, offices and held ratings that a manager should look at, most urgent first. */
	attentionItems: readonly AttentionItem[];
}
export type AttentionItem =
	| { kind: 'late'; unit: { slug: string; name: string }; n: number }
	| { kind: 'falling' | 'below' | 'rising'; officer: { id: string; name: string } }
	| { kind: 'held'; n: number };

const OFFICER_REASONS = { falling: m.overview_falling, below: m.overview_below, rising: m.overview_rising };

/** What an item is about, and why. */
export function attentionWords(item: AttentionItem): { who: string; why: string } {
	if (item.kind === 'late') return { who: item.unit.name, why: m.overview_late({ count: item.n }) };
	if (item.kind === 'held') return { who: m.insight_page_ratings(), why: m.overview_held({ count: item.n }) };
	return { who: item.officer.name, why: OFFICER_REASONS[item.kind]() };
}

/** The numbers of an overview in words, as the page and its PDF show them. */
export function overviewWords({ satisfaction, before, responses, deadlines, overdue }: OverviewFigures) {
	const change = satisfaction && before && changeWord(changeOf(satisfaction, before), satisfaction.mean - before.mean);
	const { onTime, due } = deadlines;
	return {
		satisfaction: {
			term: m.overview_satisfaction(),
			value: satisfaction ? formatDecimals(satisfaction.mean) : '–',
			note: change ?? (satisfaction ? m.overview_no_change() : m.insight_insufficient_title())
		},
		responses: { term: m.insight_sum_response(), value: responseShare(responses), note: responseNote(responses) },
		deadlines: {
			term: m.overview_on_time(),
			value: due > 0 ? formatShare(onTime / due) : '–',
			note: m.overview_on_time_note({ onTime: formatNumber(onTime), due: formatNumber(due) })
		},
		overdue: { term: m.overview_overdue(), value: formatNumber(overdue), note: m.overview_overdue_note() }
	};
}
