import { formatShortDay } from '#lib/calendar/format.ts';
import { dueOf, type ClockFigures } from '#lib/cases/figures.ts';
import { OUTCOMES, sumOfOutcomes } from '#lib/cases/incoming.ts';
import { m } from '#lib/paraglide/messages.js';
import { numberColumn as number, textColumn as text } from '#lib/server/exports/sheet.ts';
import { BOARD_ACCESS } from '#lib/server/insight/board-scope.ts';
import { caseBoard, type CaseBoard } from '#lib/server/insight/board.ts';
import { handlerLoads, type HandlerLoads } from '#lib/server/insight/loads.ts';
import { archiveReasonWord, categoryWord, channelWord, kindWord, statusWord } from '#lib/words/cases.ts';
import { clockWord } from '#lib/words/clock.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { outcomeWord } from '#lib/words/incoming.ts';
import { monthWord } from '#lib/words/period.ts';
import { insightFilter } from '../filters/insight-filter.ts';
import { applied, whole } from './insight-sheets.ts';
import { listSheet } from './list-sheet.ts';

interface BoardLine {
	part: string;
	name: string;
	n: number | null;
}

/** The figures of the board, one per line, counted for this reader. The counts of shares and means are in it. */
export const boardSheet = listSheet<BoardLine>(async (actor, url) => {
	const { query } = await insightFilter(actor, url.searchParams, undefined, BOARD_ACCESS);
	const board = await caseBoard(actor, query);
	const loads = await handlerLoads(actor, board.unit.id, query.scope);
	return {
		list: 'board',
		...applied(url, query),
		title: m.board_title(),
		page: whole([...boardLines(board), ...loadLines(loads ?? [])]),
		columns: [
			text(m.recap_difference_table(), 34, (row) => row.part),
			text(m.overview_figure(), 40, (row) => row.name),
			number(m.overview_value(), 'General', (row) => row.n)
		]
	};
});

function boardLines(board: CaseBoard): BoardLine[] {
	const { totals, medianDays, course, ages, clocks, counts, reasons, scores, lapor, channels, places, offices } = board;
	return [
		...totalLines(m.board_title(), totals),
		{ part: m.board_title(), name: m.board_median_days(), n: medianDays ?? null },
		...course.points.flatMap(({ at, received, answered }) => {
			const part = `${m.board_course_title()}: ${course.by === 'day' ? formatShortDay(at) : monthWord(at, 'short')}`;
			return [
				{ part, name: m.board_received(), n: received },
				{ part, name: m.board_answered(), n: answered }
			];
		}),
		...clocks.flatMap((clock): BoardLine[] => {
			const part = clockWord(clock.name, 'staff');
			return [
				{ part, name: m.insight_clock_kept(), n: clock.metOnTime },
				...missedLines(part, clock),
				{ part, name: m.insight_clock_running(), n: clock.running }
			];
		}),
		...ages.map(({ key, n }) => ({ part: m.board_ages_title(), name: m[`board_age_${key}`](), n })),
		...divided(m.term_category(), counts.category, categoryWord),
		...divided(m.insight_cases_status(), counts.status, (value) => statusWord(value, 'staff')),
		...divided(m.term_channel(), counts.channel, channelWord),
		...divided(m.common_kind(), counts.kind, kindWord),
		...divided(m.board_reasons(), reasons, archiveReasonWord, m.board_no_reason()),
		...divided(m.board_lapor_title(), lapor.states, (state) => escalationStateWord(state, null)),
		{ part: m.board_lapor_title(), name: m.board_lapor_numbers(), n: lapor.numbered },
		{ part: m.board_lapor_title(), name: m.board_lapor_median(), n: lapor.medianHours ?? null },
		...scores.map((n, at) => ({ part: m.board_scores_title(), name: String(at + 1), n })),
		...(channels?.reports ?? []).flatMap(({ channel, received, undelivered, ...reply }): BoardLine[] => {
			const part = `${m.board_channels_title()}: ${channelWord(channel)}`;
			return [
				{ part, name: m.board_received(), n: received },
				{ part, name: m.board_first_reply_kept(), n: reply.metOnTime },
				...missedLines(part, reply),
				{ part, name: m.board_undelivered(), n: undelivered }
			];
		}),
		...(channels?.messages ?? []).flatMap(({ channel, ...messages }) => {
			const part = `${m.incoming_page()}: ${channelWord(channel)}`;
			return [
				{ part, name: m.board_received(), n: sumOfOutcomes(messages) },
				...OUTCOMES.map((outcome) => ({ part, name: outcomeWord(outcome), n: messages[outcome] }))
			];
		}),
		...places.flatMap(({ name, unit, scans, reports }) => {
			const part = `${m.board_places_title()}: ${offices.length > 1 ? `${name}, ${unit}` : name}`;
			return [
				{ part, name: m.board_scans(), n: scans },
				{ part, name: m.term_cases(), n: reports }
			];
		}),
		...offices.flatMap(({ unit: { name: part }, clock, ...figures }) => [
			...totalLines(part, figures),
			{ part, name: m.board_first_reply_kept(), n: clock?.metOnTime ?? null },
			...(clock ? missedLines(part, clock) : [])
		])
	];
}

const totalLines = (part: string, of: CaseBoard['totals']): BoardLine[] => [
	{ part, name: m.board_received(), n: of.received },
	{ part, name: m.board_answered(), n: of.answered },
	{ part, name: m.board_archived(), n: of.archived },
	{ part, name: m.board_reopened(), n: of.reopened },
	{ part, name: m.board_open_now(), n: of.open },
	{ part, name: m.overview_overdue(), n: of.late }
];

const missedLines = (part: string, clock: Omit<ClockFigures, 'name' | 'running'>): BoardLine[] => [
	{ part, name: m.insight_clock_met_late(), n: clock.metLate },
	{ part, name: m.insight_clock_overdue(), n: clock.overdue },
	{ part, name: m.insight_sheet_due(), n: dueOf(clock) }
];

const divided = (
	part: string,
	rows: readonly { value: string | null; n: number }[],
	word: (value: never) => string,
	none: string = m.common_not_categorised()
): BoardLine[] => rows.map(({ value, n }) => ({ part, name: value === null ? none : word(value as never), n }));

const loadLines = (loads: HandlerLoads): BoardLine[] =>
	loads.flatMap(({ name: person, open, late, soon }) => {
		const part = `${m.board_loads_title()}: ${person}`;
		return [
			{ part, name: m.board_open_now(), n: open },
			{ part, name: m.clock_overdue(), n: late },
			{ part, name: m.board_loads_soon(), n: soon }
		];
	});
