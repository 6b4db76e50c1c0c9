import { dueOf } from '#lib/cases/figures.ts';
import { OUTCOMES } from '#lib/cases/incoming.ts';
import { m } from '#lib/paraglide/messages.js';
import { changeOf, plainMean } from '#lib/ratings/breakdown.ts';
import { ASPECTS } from '#lib/ratings/vocabulary.ts';
import { elementFigures } from '#lib/skm/satisfaction-index.ts';
import { SKM_ELEMENTS } from '#lib/skm/vocabulary.ts';
import { responseRate } from '#lib/visits/response.ts';
import { archiveReasonWord, categoryWord, channelWord, kindWord, statusWord } from '#lib/words/cases.ts';
import { clockWord } from '#lib/words/clock.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { changeWord, directionWord, rankWord } from '#lib/words/rating-figures.ts';
import { outcomeWord } from '#lib/words/incoming.ts';
import { serviceWord } from '#lib/words/office.ts';
import { aspectWord, ratingSourceWord, ratingStateWord, tagWord } from '#lib/words/rating.ts';
import { elementWord } from '#lib/words/skm.ts';
import {
	dayColumn as day,
	numberColumn as number,
	SHARE_FORMAT,
	textColumn as text
} from '#lib/server/exports/sheet.ts';
import { caseBoard, type CaseBoard } from '#lib/server/insight/board.ts';
import { BOARD_ACCESS } from '#lib/server/insight/board-scope.ts';
import { officerComparison } from '#lib/server/insight/comparison.ts';
import { unitsSideBySide } from '#lib/server/ratings/figures/summary.ts';
import { ratingsBehind, type ListedRating } from '#lib/server/ratings/review/list.ts';
import { skmSummary } from '#lib/server/skm/figures.ts';
import { insightFilter, ratingChoice, type InsightFilter } from '../filters/insight-filter.ts';
import { BATCH, filterOf, listSheet } from './list-sheet.ts';

/** A list that is read at once. */
const whole =
	<Row>(items: readonly Row[]) =>
	() =>
		Promise.resolve({ items, nextCursor: null });

/** The filter as it was applied, with the office and the days that an address may not have; the file is named after it. */
function applied(url: URL, { unit, scope, service, from, to }: InsightFilter['query']) {
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
	return {
		list: 'officers',
		...applied(url, query),
		title: m.insight_page_officers(),
		page: whole(rows),
		columns: [
			text(m.term_officer(), 30, (row) => row.officer.name),
			text(m.term_unit(), 30, (row) => cards[row.officer.id]?.unit),
			text(m.insight_col_rank(), 16, (row) =>
				row.rank === undefined ? m.insight_insufficient_title() : rankWord(row.rank, items.length)
			),
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

interface BoardLine {
	part: string;
	name: string;
	n: number | null;
}

/** The figures of the board, one per line, counted for this reader. */
export const boardSheet = listSheet<BoardLine>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams, undefined, BOARD_ACCESS);
	return {
		list: 'board',
		...applied(url, query),
		title: m.board_title(),
		page: whole(boardLines(await caseBoard(actor, query))),
		columns: [
			text(m.rekap_difference_table(), 34, (row) => row.part),
			text(m.overview_figure(), 40, (row) => row.name),
			number(m.overview_value(), 'General', (row) => row.n)
		]
	};
});

function boardLines(board: CaseBoard) {
	const { totals, medianDays, clocks, counts, reasons, scores, lapor, channels, places, offices } = board;
	const totalLines = (part: string, of: CaseBoard['totals']): BoardLine[] => [
		{ part, name: m.board_received(), n: of.received },
		{ part, name: m.board_answered(), n: of.answered },
		{ part, name: m.board_archived(), n: of.archived },
		{ part, name: m.board_reopened(), n: of.reopened },
		{ part, name: m.board_open_now(), n: of.open },
		{ part, name: m.overview_overdue(), n: of.late }
	];
	const divided = (
		part: string,
		rows: readonly { value: string | null; n: number }[],
		word: (value: never) => string
	): BoardLine[] =>
		rows.map(({ value, n }) => ({ part, name: value === null ? m.common_none() : word(value as never), n }));
	return [
		...totalLines(m.board_title(), totals),
		{ part: m.board_title(), name: m.board_median_days(), n: medianDays ?? null },
		...clocks.flatMap((clock): BoardLine[] => {
			const part = clockWord(clock.name, 'staff');
			return [
				{ part, name: m.insight_clock_kept(), n: clock.metOnTime },
				{ part, name: m.insight_clock_met_late(), n: clock.metLate },
				{ part, name: m.insight_clock_overdue(), n: clock.overdue },
				{ part, name: m.insight_sheet_due(), n: dueOf(clock) },
				{ part, name: m.insight_clock_running(), n: clock.running }
			];
		}),
		...divided(m.term_category(), counts.category, categoryWord),
		...divided(m.insight_cases_status(), counts.status, (value) => statusWord(value, 'staff')),
		...divided(m.term_channel(), counts.channel, channelWord),
		...divided(m.common_kind(), counts.kind, kindWord),
		...divided(m.board_reasons(), reasons, archiveReasonWord),
		...divided(m.board_lapor_title(), lapor.states, escalationStateWord),
		...scores.map((n, at) => ({ part: m.board_scores_title(), name: String(at + 1), n })),
		...(channels?.reports ?? []).flatMap(({ channel, undelivered, ...reply }): BoardLine[] => {
			const part = `${m.board_channels_title()}: ${channelWord(channel)}`;
			return [
				{ part, name: m.board_received(), n: reply.received },
				{ part, name: m.board_first_reply_kept(), n: reply.metOnTime },
				{ part, name: m.insight_sheet_due(), n: dueOf(reply) },
				{ part, name: m.board_undelivered(), n: undelivered }
			];
		}),
		...(channels?.messages ?? []).flatMap(({ channel, ...counts }) =>
			OUTCOMES.map((outcome) => ({
				part: `${m.incoming_page()}: ${channelWord(channel)}`,
				name: outcomeWord(outcome),
				n: counts[outcome]
			}))
		),
		...places.map(({ name, reports }) => ({ part: m.board_places_title(), name, n: reports })),
		...offices.flatMap(({ unit, ...figures }) => totalLines(unit.name, figures))
	];
}

type SurveyRow = Awaited<ReturnType<typeof skmSummary>>['offices'][number];

/** The survey's index and elements of each office. Small groups of respondents are not in the file. */
export const skmSheet = listSheet<SurveyRow>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams);
	const { offices } = await skmSummary(actor, query);
	return {
		list: 'skm',
		...applied(url, query),
		title: m.skm_short(),
		page: whole(offices),
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
			number(m.rating_state_voided(), '0', ({ figures }) => figures.voided)
		]
	};
});
