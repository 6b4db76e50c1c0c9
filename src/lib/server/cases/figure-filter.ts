import { and, eq, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { addDays, instantAt } from '../../calendar/days.ts';
import type { FigureChoice } from '../../cases/figure-query.ts';
import { now } from '../clock.ts';
import { cases, timeline } from '../db/schema/cases.ts';
import { clocks } from '../db/schema/clocks.ts';
import { escalations } from '../db/schema/escalations.ts';

/** The days of a figure as instants, of the offices of one zone. */
export interface Span {
	unitIds: string[];
	from: Date | undefined;
	/** The first instant after it. */
	until: Date;
}
export type FigureFilter = FigureChoice & { spans: readonly Span[] };

/** A day is a day of the report's own office: one span for each zone. */
export function spansOf(figure: FigureChoice, units: readonly { id: string; timeZone: string }[]): Span[] {
	const zones = new Set(units.map(({ timeZone }) => timeZone));
	return [...zones].map((zone) => ({
		unitIds: units.filter(({ timeZone }) => timeZone === zone).map(({ id }) => id),
		from: figure.from ? instantAt(figure.from, '00:00', zone) : undefined,
		until: instantAt(addDays(figure.to, 1), '00:00', zone)
	}));
}

const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Which reports a figure counts: the conditions by which `insight/case-sums.ts` counted them. */
export function figured(figure: FigureFilter): SQL {
	const { service, category, channel, place, reason, clock } = figure;
	const all = and(
		or(...figure.spans.map((span) => and(inArray(cases.unitId, span.unitIds), happened(figure, span)))) ?? sql`false`,
		service ? eq(cases.service, service) : undefined,
		category ? (category === 'none' ? isNull(cases.category) : eq(cases.category, category)) : undefined,
		channel ? eq(cases.channel, channel) : undefined,
		place ? eq(cases.placeId, place) : undefined,
		reason ? eq(cases.archiveReason, reason) : undefined,
		clock ? clocked(clock) : undefined
	);
	return all ?? sql`false`;
}

/** Of so few days the reports are read by the day's own index and then put in order; of more, in order and then by day. */
const SHORT_MS = 100 * 24 * 60 * 60 * 1000;
const ofDays = alias(cases, 'of_days');

function inDays(name: 'receivedAt' | 'answeredAt' | 'archivedAt', { unitIds, from, until }: Span): SQL {
	const within = (at: SQL) => sql`${from ? sql`${at} >= ${iso(from)} and ` : sql``}${at} < ${iso(until)}`;
	if (!from || until.getTime() - from.getTime() > SHORT_MS) return within(sql`${cases[name]}`);
	return sql`${cases.id} = any (array(select ${ofDays.id} from ${cases} ${ofDays}
		where ${inArray(ofDays.unitId, unitIds)} and ${within(sql`${ofDays[name]}`)}))`;
}

/** By the index of the event's own table where it is no column of the report. */
function happened({ by, score, forward }: FigureFilter, span: Span): SQL | undefined {
	const { from, until } = span;
	const within = (at: SQL) => and(from ? sql`${at} >= ${iso(from)}` : undefined, sql`${at} < ${iso(until)}`);
	const told = (types: SQL, also?: SQL) =>
		sql`${cases.id} = any (array(select ${timeline.caseId} from ${timeline}
			where ${timeline.type} in ${types} and ${and(within(sql`${timeline.at}`), also)}))`;
	switch (by) {
		case 'received':
			return inDays('receivedAt', span);
		case 'answered':
			return inDays('answeredAt', span);
		case 'archived':
			return inDays('archivedAt', span);
		case 'reopened':
			return told(sql`('disputed', 'reopened')`);
		case 'rated':
			return told(sql`('rated')`, score ? sql`${timeline.data} ->> 'score' = ${String(score)}` : undefined);
		case 'forwarded':
			return sql`${cases.id} = any (array(select ${escalations.caseId} from ${escalations} where ${and(
				forward ? eq(escalations.state, forward) : undefined,
				within(sql`${escalations.createdAt}`)
			)}))`;
	}
}

function clocked({ name, outcome }: NonNullable<FigureChoice['clock']>): SQL {
	const going = inArray(clocks.state, ['running', 'paused']);
	const over = and(eq(clocks.state, 'running'), lte(clocks.dueAt, now()));
	const conditions = {
		met: and(eq(clocks.state, 'met'), eq(clocks.late, false)),
		late: and(eq(clocks.state, 'met'), eq(clocks.late, true)),
		running: and(
			going,
			sql`(${clocks.state} = 'paused' or ${clocks.dueAt} is null or ${clocks.dueAt} > ${iso(now())})`
		),
		overdue: over,
		stopped: eq(clocks.state, 'stopped')
	};
	return sql`exists (select 1 from ${clocks} where ${and(
		sql`${clocks.caseId} = ${cases.id}`,
		eq(clocks.name, name),
		conditions[outcome]
	)})`;
}
