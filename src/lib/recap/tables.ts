import { formatShortDay } from '#lib/calendar/format.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale, type Locale } from '#lib/paraglide/runtime.js';
import { channelTables } from './channel-tables.ts';
import { flowSum, type FlowCell, type ShownFigures } from './figures.ts';
import { numberColumn, textColumn, type RecapCell, type RecapRow, type RecapTable } from './table.ts';
import { formatDecimals } from '#lib/text/numbers.ts';
import { clockWord, dayUnitWord } from '#lib/words/clock.ts';
import { escalationPurposeWord, escalationStateWord } from '#lib/words/escalation.ts';
import { serviceWord } from '#lib/words/office.ts';
import { periodKeyWord } from '#lib/words/period.ts';
import { categoryWord, channelWord, kindWord } from '#lib/words/cases.ts';
import { responseRate } from '#lib/visits/response-rate.ts';

const FLOW = [
	['opening', m.recap_flow_opening],
	['received', m.board_received],
	['reopened', m.board_reopened],
	['moved_in', m.recap_flow_moved_in],
	['answered', m.board_answered],
	['archived', m.board_archived],
	['moved_out', m.recap_flow_moved_out],
	['open', m.recap_flow_open]
] as const;

/** The cells by kind, in the order of the forms, then by channel. Restricted reports come last. */
function flowTable({ flow, totalsOnly }: ShownFigures): RecapTable {
	const order: readonly (CaseKind | null)[] = ['complaint', 'suggestion', 'information_request', null];
	const sorted = (totalsOnly ? [] : [...flow]).sort(
		(a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.channel ?? '').localeCompare(b.channel ?? '')
	);
	const row = (key: string, name: string, cell: Omit<FlowCell, 'kind' | 'channel'>): RecapRow => ({
		key,
		cells: [name, ...FLOW.map(([column]) => cell[column])]
	});
	return {
		id: 'flow',
		title: m.recap_flow(),
		sheet: m.recap_flow_sheet(),
		note: totalsOnly ? `${m.recap_flow_note()} ${m.recap_total_officer()}` : m.recap_flow_note(),
		columns: [textColumn(m.recap_flow_cell(), 3), ...FLOW.map(([, label]) => numberColumn(label()))],
		rows: [
			...sorted.map((cell) =>
				cell.kind && cell.channel
					? row(`${cell.kind}/${cell.channel}`, `${kindWord(cell.kind)}, ${channelWord(cell.channel)}`, cell)
					: row('sealed', m.recap_sealed(), cell)
			),
			...(flow.length > 0 ? [{ ...row('total', m.recap_total(), flowSum(flow)), total: true }] : [])
		]
	};
}

function subjectTable({ received, totalsOnly }: ShownFigures): RecapTable {
	const total = received.reduce((sum, { n }) => sum + n, 0);
	return {
		id: 'received',
		title: m.recap_subjects(),
		sheet: m.recap_subjects_sheet(),
		note: totalsOnly ? m.recap_total_officer() : m.recap_subjects_note(),
		columns: [textColumn(m.term_category(), 4), textColumn(m.term_service(), 4), numberColumn(m.common_count(), 1.2)],
		nameColumns: 2,
		rows: [
			...(totalsOnly ? [] : received).map(({ category, service, sealed, n }) => ({
				key: sealed ? 'sealed' : `${category ?? ''}/${service ?? ''}`,
				cells: [
					sealed ? m.recap_sealed() : category ? categoryWord(category) : m.common_not_categorised(),
					sealed ? '' : service ? serviceWord(service) : m.recap_no_service(),
					n
				]
			})),
			...(total > 0 ? [{ key: 'total', cells: [m.recap_total(), '', total], total: true }] : [])
		]
	};
}

function clockTable(clocks: ShownFigures['clocks']): RecapTable {
	return {
		id: 'clocks',
		title: m.recap_clocks(),
		note: m.recap_clocks_note(),
		columns: [
			textColumn(m.term_deadline(), 4),
			textColumn(m.recap_clock_unit(), 1.8),
			numberColumn(m.recap_clock_n()),
			numberColumn(m.recap_clock_on_time()),
			numberColumn(m.recap_clock_late()),
			numberColumn(m.recap_clock_median(), 1.2),
			numberColumn(m.recap_clock_overdue(), 1.4)
		],
		nameColumns: 2,
		rows: clocks.map(({ name, dayUnit, n, onTime, late, medianDays, overdue }) => ({
			key: `${name} ${dayUnit}`,
			cells: [clockWord(name, 'staff'), dayUnitWord(dayUnit), n, onTime, late, medianDays ?? '–', overdue]
		}))
	};
}

function lateTable({ shown, hidden }: ShownFigures['late']): RecapTable {
	return {
		id: 'late',
		title: m.recap_late(),
		sheet: m.recap_late_sheet(),
		columns: [
			textColumn(m.term_reference(), 3),
			textColumn(m.recap_late_clocks(), 3.4),
			textColumn(m.recap_late_cause(), 4.6)
		],
		rows: shown.map(({ reference, clocks, cause }) => ({
			key: reference,
			cells: [reference, clocks.map((clock) => clockWord(clock, 'staff')).join(', '), cause ?? m.recap_late_no_cause()]
		})),
		hidden
	};
}

const LAPOR = [
	['recorded', m.recap_lapor_recorded],
	['transferred', m.recap_lapor_transferred],
	['taken', m.recap_lapor_taken],
	['unrecorded', m.recap_lapor_unrecorded]
] as const;

function laporTables({ counts, forwards, inbound }: ShownFigures['lapor']): RecapTable[] {
	return [
		{
			id: 'lapor',
			title: m.recap_lapor(),
			note: m.recap_lapor_note(),
			columns: [textColumn(m.recap_what(), 6), numberColumn(m.common_count())],
			rows: counts ? LAPOR.map(([key, label]) => ({ key, cells: [label(), counts[key]] })) : [],
			withheld: m.recap_withheld_officer()
		},
		{
			id: 'forwards',
			title: m.recap_lapor_forwards(),
			sheet: m.recap_lapor_forwards_sheet(),
			columns: [
				textColumn(m.term_lapor_id(), 1.8),
				textColumn(m.term_reference(), 3),
				textColumn(m.recap_lapor_purpose(), 2.6),
				textColumn(m.recap_lapor_state(), 2.6)
			],
			nameColumns: 2,
			rows: [
				...forwards.shown.map(({ reference, laporId, purpose, state, laporStatus }) => ({
					key: `${reference} ${laporId ?? ''}`,
					cells: [
						laporId ? `#${laporId}` : '–',
						reference,
						escalationPurposeWord(purpose),
						laporStatus ?? escalationStateWord(state, null)
					]
				})),
				...inbound.shown.map(({ reference, laporId }) => ({
					key: `${reference} ${laporId} in`,
					cells: [`#${laporId}`, reference, m.recap_lapor_taken(), '']
				}))
			],
			hidden: forwards.hidden === null || inbound.hidden === null ? null : forwards.hidden + inbound.hidden
		}
	];
}

const countTable = (
	id: string,
	title: string,
	note: string,
	rows: readonly (readonly [key: string, name: string, cell: RecapCell])[]
) => ({
	id,
	title,
	note,
	columns: [textColumn(m.recap_what(), 5), numberColumn(m.common_count(), 3)],
	rows: rows.map(([key, name, cell]) => ({ key, cells: [name, cell] }))
});

function ratingTable(ratings: ShownFigures['ratings'], lang: Locale): RecapTable {
	const title = m.recap_ratings();
	if (typeof ratings === 'string') {
		const withheld = ratings === 'own' ? m.recap_ratings_own() : m.recap_ratings_running();
		return { ...countTable('ratings', title, '', []), withheld };
	}
	const { n, range, minimum, voided, held } = ratings;
	const rate = responseRate(ratings);
	const decimal = (value: number) => formatDecimals(value, 2, lang);
	return countTable('ratings', title, m.recap_ratings_note(), [
		['n', m.insight_sum_n(), n],
		['mean', m.recap_ratings_mean(), range ? { value: range.mean, as: 'mean' } : m.recap_ratings_few({ minimum })],
		...(range ? [['range', m.insight_past_range(), `${decimal(range.low)} – ${decimal(range.high)}`] as const] : []),
		['rate', m.recap_ratings_rate(), rate === null ? '–' : { value: rate, as: 'share' }],
		['voided', m.rating_state_voided(), voided],
		['held', m.recap_ratings_held(), held]
	]);
}

function suggestionTable({ shown, hidden }: ShownFigures['suggestions'], lang: Locale): RecapTable {
	return {
		id: 'suggestions',
		title: m.recap_suggestions(),
		columns: [
			textColumn(m.term_reference(), 3),
			textColumn(m.recap_suggestion_action(), 6),
			textColumn(m.recap_day(), 2)
		],
		rows: shown.map(({ reference, action, actionOn }) => ({
			key: reference,
			cells: [reference, action, actionOn ? formatShortDay(actionOn, lang) : '']
		})),
		hidden
	};
}

function followUpTable(followUps: ShownFigures['followUps'], lang: Locale): RecapTable {
	return {
		id: 'follow_ups',
		title: m.recap_follow_ups(),
		sheet: m.recap_follow_ups_sheet(),
		columns: [
			textColumn(m.recap_root_cause(), 3.2),
			textColumn(m.recap_action(), 3.2),
			textColumn(m.recap_who(), 2),
			textColumn(m.recap_due_on(), 1.7),
			textColumn(m.common_state(), 2)
		],
		rows: followUps.map(({ id, period, rootCause, action, who, dueOn, doneOn }) => ({
			key: id,
			cells: [
				rootCause,
				action,
				who,
				formatShortDay(dueOn, lang),
				doneOn
					? m.recap_done_on({ date: formatShortDay(doneOn, lang) })
					: m.recap_open_since({ period: periodKeyWord(period) })
			]
		}))
	};
}

/** The sections of a periodic report as tables, in their order. A table without rows shows `textWithoutRows`. */
export function recapTables(figures: ShownFigures, lang: Locale = getLocale()): RecapTable[] {
	const { oversight } = figures;
	return [
		flowTable(figures),
		subjectTable(figures),
		clockTable(figures.clocks),
		lateTable(figures.late),
		...laporTables(figures.lapor),
		{
			...countTable(
				'oversight',
				m.recap_oversight(),
				m.recap_oversight_note(),
				oversight
					? [
							['received', m.recap_oversight_received(), oversight.received],
							['answered', m.recap_oversight_answered(), oversight.answered]
						]
					: []
			),
			withheld: m.recap_withheld_officer()
		},
		ratingTable(figures.ratings, lang),
		suggestionTable(figures.suggestions, lang),
		followUpTable(figures.followUps, lang),
		...channelTables(figures.channels)
	];
}

/** Words for a version: the first filing, or the n-th correction. */
export const versionWord = (version: number): string =>
	version > 1 ? m.recap_version_n({ n: version - 1 }) : m.recap_version_first();
