import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { ClockFigures, Histogram } from '#lib/cases/figures.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { CLOCK_NAMES, type ClockName } from '#lib/cases/vocabulary.ts';
import type { Period } from '#lib/ratings/period.ts';
import { spansOf, within, type Span } from '#lib/server/cases/inbox/figure-filter.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { officerIsNamed, recordsOf } from '#lib/server/people/actor.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { overduePromises, type Overdue } from '#lib/server/recap/overdue-cases.ts';

/** The properties by which each measure is divided. */
interface Parts {
	received: 'kind' | 'category' | 'channel' | 'place' | 'status';
	open: 'late';
	answered: 'days';
	archived: 'reason';
	reopened: never;
	score: 'score';
	undelivered: 'channel';
	kept: 'met' | 'late' | 'reply_met' | 'reply_late';
	running: 'running' | 'late';
	lapor: 'state' | 'hours';
}
export type Measure = keyof Parts;
type Part = Parts[Measure] | '';
type Move = 'answered' | 'archived' | 'reopened';

/** Which reports count. */
export interface Counting {
	units: readonly { id: string; timeZone: string }[];
	service?: string;
	/** Condition on `cases`: the reports that count for the reader. */
	counted: SQL | undefined;
	/**
	 * The officer record of the reader. Reports that name this officer do not count, because a changing figure would reveal
	 * them.
	 */
	own?: string | null;
	/** Restricted reports count for the office that handles them, not for the office that they are about. */
	pooled?: boolean;
}

/**
 * One figure. `part` is the property by which the measure is divided, such as `channel`, and `value` one of its values.
 * Both are '' in the total of the measure.
 */
export type Sum = {
	measure: Measure;
	part: Part;
	value: string;
	unitId: string;
	/** The day or the first day of the month, for measures that are shown over time; otherwise ''. */
	at: LocalDate;
	n: number;
};

export type Grain = 'day' | 'month';

/** The rows that a measure counts. */
interface SourceOf<M extends Measure> {
	/** The measure, or the column that names it. */
	measure: M | SQL<M>;
	/** Tables of the rows and of their reports. */
	from: SQL;
	/** The moment of a row. It belongs to a day in the time zone of the report's unit. */
	at: SQL;
	condition?: SQL;
	/** SQL for the value of each part in a row. A row whose value is null does not count in the part. */
	parts: Partial<Record<Parts[M] | '', SQL>>;
	/** Whether the measure is counted by day or month. */
	dated?: boolean;
}
type MeasureSource = { [M in Measure]: SourceOf<M> }[Measure] | SourceOf<Move>;

/**
 * The measures of a period (docs/decisions/0032). One statement counts each group, and the groups are counted at the same
 * time. `day`: SQL for the local day of a moment.
 */
const measures = (day: (at: SQL) => SQL): MeasureSource[][] => [
	[
		{ measure: 'received', from: sql`cases`, at: sql`opened_at`, parts: { '': sql`''` }, dated: true },
		{
			measure: 'received',
			from: sql`cases`,
			at: sql`opened_at`,
			parts: {
				kind: sql`kind`,
				category: sql`coalesce(category, '')`,
				channel: sql`channel`,
				place: sql`place_id::text`,
				status: sql`status`
			}
		},
		{
			measure: 'kept',
			from: sql`clock_outcomes join cases on cases.id = case_id`,
			at: sql`at`,
			parts: {
				met: sql`case when not late then name end`,
				late: sql`case when late then name end`,
				reply_met: sql`case when not late and name = 'first_reply' then channel end`,
				reply_late: sql`case when late and name = 'first_reply' then channel end`
			}
		},
		{
			measure: 'lapor',
			from: sql`escalations join cases on cases.id = case_id`,
			at: sql`created_at`,
			parts: { state: sql`state` }
		},
		{
			measure: 'lapor',
			from: sql`escalations join cases on cases.id = case_id`,
			at: sql`sent_at`,
			condition: sql`lapor_id is not null`,
			parts: { hours: sql`greatest(0, floor(extract(epoch from sent_at - created_at) / 3600))::int::text` }
		}
	],
	[
		{
			measure: sql<Move>`move`,
			from: sql`case_moves join cases on cases.id = case_id`,
			at: sql`at`,
			condition: sql`move in ('answered', 'archived', 'reopened')`,
			parts: {
				'': sql`''`,
				days: sql`case move when 'answered' then (${day(sql`at`)} - ${day(sql`received_at`)})::text end`
			},
			dated: true
		},
		{
			measure: 'archived',
			from: sql`timeline join cases on cases.id = case_id`,
			at: sql`at`,
			condition: sql`type = 'archived'`,
			parts: { reason: sql`coalesce(data ->> 'reason', '')` }
		},
		{
			measure: 'score',
			from: sql`timeline join cases on cases.id = case_id`,
			at: sql`at`,
			condition: sql`type = 'rated'`,
			parts: { score: sql`data ->> 'score'` }
		},
		{
			measure: 'undelivered',
			from: sql`timeline join cases on cases.id = case_id`,
			at: sql`at`,
			condition: sql`type = 'undelivered'`,
			parts: { channel: sql`channel` }
		}
	]
];

/**
 * Counts the reports received in a period, by their properties now, and the events in the period. Nothing is stored, so
 * later changes show at once. With several time zones, each figure is returned once per zone and must be added up.
 * @param by grain of the measures that are shown over time
 */
export async function sumsWithin(counting: Counting, period: Period, by: Grain): Promise<Sum[]> {
	const statements = spansOf(period, counting.units).flatMap((span) =>
		measures((at) => sql`(${at} at time zone ${span.timeZone})::date`).map((group) =>
			readSums(group.map((one) => sumsOf(one, counting, span, by)))
		)
	);
	return (await Promise.all(statements)).flat();
}

/** Runs several counts as one statement. */
const readSums = (counts: SQL[]): Promise<Sum[]> => rowsOf<Sum>(db(), sql.join(counts, sql` union all `));

/** Reads each row once: groups the rows by all parts together, then splits the counts by part. */
function sumsOf(
	{ measure, from, at, condition, parts, dated }: MeasureSource,
	counting: Counting,
	span: Span,
	by: Grain
): SQL {
	const columns = Object.entries(parts).map(([name, value], nth) => ({ name, value, column: sql.raw(`part_${nth}`) }));
	const listOf = (each: (of: (typeof columns)[number]) => SQL) => sql.join(columns.map(each), sql`, `);
	return sql`select measure, part, value, unit_id::text as "unitId", at, sum(n)::int as n
		from (
			select ${typeof measure === 'string' ? sql.raw(`'${measure}'`) : measure} as measure, ${officeOf(counting)} as unit_id, ${dated ? sql`${startOf(by, at, span)}::text` : sql`''`} as at,
				${listOf(({ value, column }) => sql`${value} as ${column}`)}, count(*) as n
			from ${from} where ${and(countedIn(counting, span), within(at, span), condition)}
			group by ${sql.raw([1, 2, 3, ...columns.map((_, nth) => nth + 4)].join(', '))}
		) counted
		cross join lateral (values ${listOf(({ name, column }) => sql`(${name}::text, ${column})`)}) divided (part, value)
		where value is not null group by measure, part, value, unit_id, at`;
}

/**
 * Counts the reports that are open now and their deadlines:
 * - `open`: reports by day of arrival, up to today
 * - `open`, part `late`: those of them with a missed deadline
 * - `running`: deadlines that the office still has to meet; part `running` in time or paused, part `late` missed
 */
export function sumsOfNow(counting: Counting, today: LocalDate): Promise<Sum[]> {
	const office = sql`${officeOf(counting)}::text as "unitId"`;
	const open = spansOf({ to: today }, counting.units).map(
		(span) => sql`select 'open' as measure, '' as part, '' as value, ${office},
				${startOf('day', sql`${cases.receivedAt}`, span)}::text as at, count(*)::int as n
			from ${cases}
			where ${countedIn(counting, span)} and ${isOpen} and ${within(sql`${cases.receivedAt}`, span)} group by 4, 5`
	);
	const at = sql`${now().toISOString()}::timestamptz`;
	const overdue = sql`select 'open', 'late', '', ${office}, '', count(*)::int from ${cases}
		where ${countedIn(counting, { unitIds: idsOf(counting) })} and ${isOpen} and ${cases.dueAt} < ${at} group by 4`;
	const late = sql`clocks.state = 'running' and clocks.due_at < ${at}`;
	// Only open reports have such deadlines, and an index finds the open reports.
	const running = sql`select 'running', case when ${late} then 'late' else 'running' end, clocks.name, ${office}, '', count(*)::int
		from ${cases} join clocks on clocks.case_id = ${cases.id}
		where ${countedIn(counting, { unitIds: idsOf(counting) })} and ${isOpen}
			and clocks.state in ('running', 'paused') and clocks.name <> 'reporter_turn' group by 2, 3, 4`;
	return readSums([...open, overdue, running]);
}

const idsOf = ({ units }: Counting): string[] => units.map(({ id }) => id);
const isOpen = inArray(cases.status, [...OPEN_STATUSES]);

const countedIn = ({ counted, service, own }: Counting, { unitIds }: Pick<Span, 'unitIds'>): SQL | undefined =>
	and(
		inArray(cases.unitId, unitIds),
		notInTrial(cases.unitId),
		countedReports({ counted, own }),
		service === undefined ? undefined : eq(cases.service, service)
	);

/** Condition for the reports of any office that count for the reader. */
export const countedReports = ({ counted, own }: Pick<Counting, 'counted' | 'own'>): SQL | undefined =>
	and(
		counted,
		own
			? sql`not (${cases.id} = any (array(select ${caseOfficers.caseId} from ${caseOfficers}
				where ${caseOfficers.officerId} in ${recordsOf(own)} and ${officerIsNamed})))`
			: undefined
	);

const officeOf = ({ pooled }: Counting): SQL =>
	pooled
		? sql`case when ${cases.restricted} then ${cases.handlingUnitId} else ${cases.unitId} end`
		: sql`${cases.unitId}`;

const startOf = (by: Grain, at: SQL, { timeZone }: Span): SQL =>
	by === 'day'
		? sql`(${at} at time zone ${timeZone})::date`
		: sql`date_trunc('month', ${at} at time zone ${timeZone})::date`;

/** The overdue deadlines of the counted reports, by the rule of periodic reports. */
export async function overdueFor(counting: Counting, period: Period, timeZone: string): Promise<Overdue[]> {
	const unitIds = idsOf(counting);
	const condition = { counted: countedIn(counting, { unitIds }), office: sql<string>`${officeOf(counting)}` };
	return overduePromises(db(), { unitIds, period, timeZone }, condition);
}

export interface Count {
	/** null: the report has no value. */
	value: string | null;
	n: number;
}

/** The sum of a measure, or of one value of a part of it. */
export function sumOf<M extends Measure>(sums: readonly Sum[], measure: M, part: Parts[M] | '' = '', value?: string) {
	return sums
		.filter((sum) => sum.measure === measure && sum.part === part && (value === undefined || sum.value === value))
		.reduce((all, { n }) => all + n, 0);
}

/** The counts of a part by value, most frequent first. */
export function countsOf<M extends Measure>(sums: readonly Sum[], measure: M, part: Parts[M]): Count[] {
	const counts = new Map<string, number>();
	for (const sum of sums)
		if (sum.measure === measure && sum.part === part) counts.set(sum.value, (counts.get(sum.value) ?? 0) + sum.n);
	return [...counts]
		.map(([value, n]) => ({ value: value === '' ? null : value, n }))
		.sort((a, b) => b.n - a.n || (a.value ?? '').localeCompare(b.value ?? ''));
}

export const histogramOf = <M extends Measure>(sums: readonly Sum[], measure: M, part: Parts[M]): Histogram =>
	countsOf(sums, measure, part).map(({ value, n }) => ({ value: Number(value), n }));

/** For each kind of deadline of the office, how many were met, are running and are overdue. */
export function clocksOf(sums: readonly Sum[], overdue: readonly { name: ClockName }[]): ClockFigures<ClockName>[] {
	return CLOCK_NAMES.flatMap((name) => {
		const [metOnTime, metLate] = [sumOf(sums, 'kept', 'met', name), sumOf(sums, 'kept', 'late', name)];
		const missed = overdue.filter((one) => one.name === name).length;
		const running = sumOf(sums, 'running', 'running', name);
		return metOnTime + metLate + missed + running > 0 ? [{ name, metOnTime, metLate, overdue: missed, running }] : [];
	});
}
