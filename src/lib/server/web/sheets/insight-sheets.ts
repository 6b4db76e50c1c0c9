import { m } from '#lib/paraglide/messages.js';
import { changeOf, plainMean } from '#lib/ratings/breakdown.ts';
import { ASPECTS } from '#lib/ratings/vocabulary.ts';
import { elementFigures } from '#lib/skm/satisfaction-index.ts';
import { SKM_ELEMENTS, SKM_FACT_NAMES } from '#lib/skm/vocabulary.ts';
import { responseRate } from '#lib/visits/response-rate.ts';
import { changeWord, directionWord, rankWord } from '#lib/words/rating-figures.ts';
import { serviceWord } from '#lib/words/office.ts';
import { aspectWord, ratingSourceWord, ratingStateWord, tagWord } from '#lib/words/rating.ts';
import { elementWord, factValueWord, factWord } from '#lib/words/skm.ts';
import {
	dayColumn as day,
	numberColumn as number,
	SHARE_FORMAT,
	textColumn as text
} from '#lib/server/exports/sheet.ts';
import { officerComparison } from '#lib/server/insight/comparison.ts';
import { unitsSideBySide } from '#lib/server/ratings/figures/summary.ts';
import { ratingsBehind, type ListedRating } from '#lib/server/ratings/review/list.ts';
import { skmSummary } from '#lib/server/skm/figures.ts';
import { insightFilter, ratingChoice, type InsightFilter } from '../filters/insight-filter.ts';
import { BATCH, filterOf, listSheet } from './list-sheet.ts';

/** A list without pages. */
export const whole =
	<Row>(items: readonly Row[]) =>
	() =>
		Promise.resolve({ items, nextCursor: null });

/** The filter as it was applied, with the office and the days that an address may not have; the file is named after it. */
export function applied(url: URL, { unit, scope, service, from, to }: InsightFilter['query']) {
	const filter = filterOf(url);
	filter.delete('period');
	for (const [name, value] of Object.entries({ unit, scope, service, from, to })) if (value) filter.set(name, value);
	return { filter, about: [unit, scope === 'tree' ? scope : '', service, from, to].filter(Boolean).join('-') };
}

const SCORES = [1, 2, 3, 4, 5] as const;
const rounded = (value: number) => Math.round(value * 100) / 100;

/**
 * Ratings as a manager's list shows them: by day, without time and visit. A comment that may contain a name or a number
 * is left out, because the file leaves the site.
 */
export const ratingsSheet = listSheet<ListedRating>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const choice = { ...query, ...ratingChoice(url.searchParams), limit: BATCH };
	return {
		list: 'ratings',
		...applied(url, query),
		title: m.insight_page_ratings(),
		page: async (cursor) => {
			const { items, next } = await ratingsBehind(actor, { ...choice, cursor });
			return { items, nextCursor: next };
		},
		columns: [
			day(m.common_day(), (row) => row.day),
			text(m.term_officer(), 28, (row) => row.officer?.name ?? m.insight_rating_unknown_officer()),
			text(m.term_unit(), 30, (row) => row.unit),
			text(m.term_service(), 24, (row) => row.service && serviceWord(row.service)),
			number(m.common_score(), '0', (row) => row.score),
			...ASPECTS.map((aspect) => number<ListedRating>(aspectWord(aspect), '0', (row) => row.aspects[aspect])),
			text(m.insight_sheet_tags(), 30, (row) => row.tags.map(tagWord).join(', ')),
			text(m.insight_ratings_commented(), 60, (row) => (row.commentFlags.length > 0 ? null : row.comment)),
			text(m.insight_source(), 24, (row) => ratingSourceWord(row.source)),
			text(m.common_state(), 18, (row) => ratingStateWord(row.state))
		]
	};
});

type Comparison = Awaited<ReturnType<typeof officerComparison>>['comparison'];
type OfficerRow = Comparison['insufficient'][number] & Partial<Comparison['items'][number]>;

/** The comparison of officers. Officers below the minimum have their number of ratings and no score. */
export const officersSheet = listSheet<OfficerRow>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const { comparison, responses, trends, cards } = await officerComparison(actor, query);
	const { items, insufficient } = comparison;
	const rows: OfficerRow[] = [...items, ...insufficient];
	const rate = ({ officer }: OfficerRow) => {
		const found = responses[officer.id];
		return found ? responseRate(found) : null;
	};
	const direction = ({ officer }: OfficerRow) => trends[officer.id]?.direction;
	const rank = (row: OfficerRow) => {
		if (row.rank === undefined) return m.insight_insufficient_title();
		return row.rank ? rankWord(row.rank, items.length) : `${rankWord(null, 0)}. ${m.insight_rank_none_why()}`;
	};
	return {
		list: 'officers',
		...applied(url, query),
		title: m.insight_page_officers(),
		page: whole(rows),
		columns: [
			text(m.term_officer(), 30, (row) => row.officer.name),
			text(m.term_unit(), 30, (row) => cards[row.officer.id]?.unit),
			text(m.insight_col_rank(), 16, rank),
			number(m.insight_sheet_adjusted(), '0.00', (row) => (row.mean === undefined ? null : rounded(row.mean))),
			number(m.insight_sheet_low(), '0.00', (row) => (row.low === undefined ? null : rounded(row.low))),
			number(m.insight_sheet_high(), '0.00', (row) => (row.high === undefined ? null : rounded(row.high))),
			number(m.insight_sheet_plain(), '0.00', ({ distribution }) => {
				const plain = distribution && plainMean(distribution);
				return plain ? rounded(plain) : null;
			}),
			number(m.insight_col_n(), '0', (row) => row.n),
			...SCORES.map((score) =>
				number<OfficerRow>(`${m.common_score()} ${score}`, '0', (row) => row.distribution?.[score - 1] ?? null)
			),
			number(m.insight_col_verified(), SHARE_FORMAT, (row) => row.verifiedShare ?? null),
			number(m.insight_col_response(), SHARE_FORMAT, rate),
			text(m.insight_col_trend(), 22, (row) => directionWord(direction(row) ?? 'unknown'))
		]
	};
});

type OfficeRow = Awaited<ReturnType<typeof unitsSideBySide>>['units'][number];

/** The offices side by side, without a mean below the minimum. */
export const officesSheet = listSheet<OfficeRow>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const { units } = await unitsSideBySide(actor, query);
	return {
		list: 'offices',
		...applied(url, query),
		title: m.common_page_units(),
		page: whole(units),
		columns: [
			text(m.term_unit(), 34, (row) => row.unit.name),
			number(m.insight_sum_mean(), '0.00', (row) => row.range && rounded(row.range.mean)),
			text(m.insight_col_change(), 28, ({ range, before }) =>
				range && before ? changeWord(changeOf(range, before), range.mean - before.mean) : m.insight_change_unknown()
			),
			number(m.insight_col_n(), '0', (row) => row.n),
			...SCORES.map((score) =>
				number<OfficeRow>(`${m.common_score()} ${score}`, '0', (row) => row.distribution[score - 1] ?? 0)
			),
			number(m.insight_col_verified(), SHARE_FORMAT, (row) => (row.n > 0 ? row.verified / row.n : null)),
			number(m.insight_col_response(), SHARE_FORMAT, (row) => responseRate(row)),
			number(m.review_kind_held(), '0', (row) => row.held),
			number(m.rating_state_voided(), '0', (row) => row.voided)
		]
	};
});

type SurveyOffice = Awaited<ReturnType<typeof skmSummary>>['offices'][number];
type SurveyRow = { unit: { name: string } } & Pick<SurveyOffice, 'figures'>;

/**
 * The survey's index and elements of each office, after those of all together, and the groups of respondents that the
 * page shows.
 */
export const skmSheet = listSheet<SurveyRow>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const { offices, together, respondents } = await skmSummary(actor, query);
	const all: SurveyRow = { unit: { name: m.skm_insight_together() }, figures: together };
	const groups = SKM_FACT_NAMES.flatMap((fact) => {
		const { groups = [], others = 0 } = respondents?.[fact] ?? {};
		const named = groups.map(({ value, n }) => ({ word: factValueWord(fact, value), n }));
		const rows = others > 0 ? [...named, { word: m.skm_others(), n: others }] : named;
		return rows.map(({ word, n }) => number<SurveyRow>(`${factWord(fact)}: ${word}`, '0', () => n));
	});
	return {
		list: 'skm',
		...applied(url, query),
		title: m.skm_short(),
		page: whole<SurveyRow>(query.scope === 'tree' ? [all, ...offices] : offices),
		columns: [
			text(m.term_unit(), 34, (row) => row.unit.name),
			// An index is never shown without its period.
			day(m.common_from_date(), () => query.from),
			day(m.common_to_date(), () => query.to),
			text(m.term_service(), 24, () => (query.service ? serviceWord(query.service) : m.insight_service_all())),
			number(m.skm_index(), '0.00', ({ figures }) => figures.ikm && figures.ikm.hundredths / 100),
			text(m.skm_grade(), 10, ({ figures }) => figures.ikm?.grade),
			number(m.skm_respondents(), '0', ({ figures }) => figures.n),
			...SKM_ELEMENTS.map((element, nth) =>
				number<SurveyRow>(elementWord(element), '0.00', ({ figures }) =>
					figures.n > 0 ? (elementFigures(figures)[nth]?.mean ?? 0) / 100 : null
				)
			),
			number(m.rating_state_held(), '0', ({ figures }) => figures.held),
			number(m.rating_state_voided(), '0', ({ figures }) => figures.voided),
			...groups
		]
	};
});
