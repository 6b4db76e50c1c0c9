import { and, eq, inArray, isNotNull, isNull, ne, or, sql, type SQL } from 'drizzle-orm';
import { alias, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { addDays, instantAt } from '#lib/calendar/days.ts';
import type { FigureChoice } from '#lib/cases/figure-query.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { caseOfficers, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { caseMoves, clockOutcomes } from '#lib/server/db/schema/recap.ts';

/** The days of a figure as a time range, for the offices of one time zone. */
export interface Span {
	unitIds: string[];
	from: Date | undefined;
	/** Exclusive end. */
	until: Date | undefined;
	timeZone: string;
}
export type FigureFilter = FigureChoice & { spans: readonly Span[] };

/** One span per time zone, because a day is a day of the report's office. */
export function spansOf(
	figure: Pick<FigureChoice, 'from' | 'to'>,
	units: readonly { id: string; timeZone: string }[]
): Span[] {
	const zones = new Set(units.map(({ timeZone }) => timeZone));
	return [...zones].map((zone) => ({
		unitIds: units.filter(({ timeZone }) => timeZone === zone).map(({ id }) => id),
		from: figure.from ? instantAt(figure.from, '00:00', zone) : undefined,
		until: figure.to ? instantAt(addDays(figure.to, 1), '00:00', zone) : undefined,
		timeZone: zone
	}));
}

const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Condition for the reports that a figure counts. Must match `insight/measures.ts`. */
export function figureCondition(figure: FigureFilter): SQL {
	const { service, category, channel, place, handler, named, lapor, clock } = figure;
	const all = and(
		or(...figure.spans.map((span) => and(inArray(cases.unitId, span.unitIds), happened(figure, span)))) ?? sql`false`,
		service ? eq(cases.service, service) : undefined,
		category ? (category === 'none' ? isNull(cases.category) : eq(cases.category, category)) : undefined,
		channel ? eq(cases.channel, channel) : undefined,
		place ? eq(cases.placeId, place) : undefined,
		handler ? eq(cases.assigneeId, handler) : undefined,
		named
			? sql`exists (select from ${caseOfficers} where ${caseOfficers.caseId} = ${cases.id} and ${caseOfficers.state} = 'named')`
			: undefined,
		lapor ? isNotNull(cases.escalationState) : undefined,
		clock?.outcome === 'running' ? running(clock.name) : undefined
	);
	return all ?? sql`false`;
}

/**
 * Up to this length, reports are read by the index of the day and then sorted. A longer span is read in the order of
 * the list and filtered by day.
 */
const SHORT_MS = 100 * DAY_MS;
const ofDays = alias(cases, 'of_days');

/** Condition for a time within the span. */
export const within = (at: SQL, { from, until }: Span) =>
	and(from && sql`${at} >= ${iso(from)}`, until && sql`${at} < ${iso(until)}`) ?? sql`true`;
const isShort = ({ from, until }: Span) => from && until && until.getTime() - from.getTime() <= SHORT_MS;

function inDays(name: 'receivedAt' | 'openedAt', span: Span): SQL {
	if (!isShort(span)) return within(sql`${cases[name]}`, span);
	return sql`${cases.id} = any (array(select ${ofDays.id} from ${cases} ${ofDays}
		where ${inArray(ofDays.unitId, span.unitIds)} and ${within(sql`${ofDays[name]}`, span)}))`;
}

/** Condition for reports that have a row in another table on days of the span. */
function withRow({ from, caseId, at }: { from: PgTable; caseId: PgColumn; at: PgColumn }, which: SQL, span: Span): SQL {
	const rows = sql`from ${from} where ${which} and ${within(sql`${at}`, span)}`;
	return isShort(span)
		? sql`${cases.id} = any (array(select ${caseId} ${rows}))`
		: sql`exists (select 1 ${rows} and ${caseId} = ${cases.id})`;
}

const moves = { from: caseMoves, caseId: caseMoves.caseId, at: caseMoves.at };
const entries = { from: timeline, caseId: timeline.caseId, at: timeline.at };
const outcomes = { from: clockOutcomes, caseId: clockOutcomes.caseId, at: clockOutcomes.at };
const forwards = { from: escalations, caseId: escalations.caseId, at: escalations.createdAt };

/** Condition for reports to which the event of a figure happened within the span. */
function happened({ by, score, forward, reason, clock }: FigureFilter, span: Span): SQL {
	switch (by) {
		case 'received':
			return inDays('openedAt', span);
		case 'aged':
			return inDays('receivedAt', span);
		case 'archived':
			return reason
				? withRow(entries, sql`${timeline.type} = 'archived' and ${timeline.data} ->> 'reason' = ${reason}`, span)
				: withRow(moves, eq(caseMoves.move, by), span);
		case 'answered':
		case 'reopened':
			return withRow(moves, eq(caseMoves.move, by), span);
		case 'kept': {
			const late =
				clock &&
				sql` and ${clockOutcomes.name} = ${clock.name} and ${clockOutcomes.late} = ${clock.outcome === 'late'}`;
			return withRow(outcomes, sql`true${late ?? sql``}`, span);
		}
		case 'missed':
			return missed(clock?.name, span);
		case 'rated': {
			const scored = score ? sql` and ${timeline.data} ->> 'score' = ${String(score)}` : sql``;
			return withRow(entries, sql`${timeline.type} = 'rated'${scored}`, span);
		}
		case 'forwarded':
			return withRow(forwards, forward ? eq(escalations.state, forward) : sql`true`, span);
	}
}

/**
 * Condition for missed deadlines. They are overdue at the end of the span (or now, if it has not ended), or were
 * overdue when the case was archived within the span.
 */
function missed(name: ClockName | undefined, span: Span): SQL {
	const ended = span.until && span.until < now() ? span.until : now();
	const promise = name ? eq(clocks.name, name) : ne(clocks.name, 'reporter_turn');
	return sql`${cases.id} = any (array(
		select ${clocks.caseId} from ${clocks} where ${clocks.state} = 'running' and ${promise} and ${clocks.dueAt} < ${iso(ended)}
		union all select ${clocks.caseId} from ${caseMoves} join ${clocks} on ${clocks.caseId} = ${caseMoves.caseId}
			where ${caseMoves.move} = 'archived' and ${within(sql`${caseMoves.at}`, span)} and ${promise}
				and (${clocks.metAt} is null or ${clocks.metAt} > ${caseMoves.at}) and ${clocks.dueAt} < ${caseMoves.at}))`;
}

/** Condition for a deadline that is running or paused, and not overdue. */
const running = (name: ClockName): SQL => sql`exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id}
	and ${clocks.name} = ${name} and (${clocks.state} = 'paused'
		or ${clocks.state} = 'running' and (${clocks.dueAt} is null or ${clocks.dueAt} >= ${iso(now())})))`;
