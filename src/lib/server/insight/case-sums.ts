import { and, between, eq, inArray, lte, sql, type SQL } from 'drizzle-orm';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';
import { piecesOf, type Piece } from '#lib/ratings/pieces.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { caseSumChanges, caseSums } from '#lib/server/db/schema/case-sums.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import type { RecapSpan } from '#lib/server/recap/moment.ts';
import { overduePromises, type Overdue } from '#lib/server/recap/overdue.ts';
import { ALL_SERVICES } from '#lib/server/ratings/figures/rollup.ts';
import { EASTMOST } from '#lib/server/ratings/figures/sums.ts';
import type { Counted, Handled } from './counted.ts';

export type Measure =
	'received' | 'open' | 'answered' | 'archived' | 'reopened' | 'score' | 'kept' | 'running' | 'lapor';

/** Which reports a sum covers. */
export interface Summed {
	unitIds: readonly string[];
	service?: string | undefined;
	counted: Counted;
	/** The reader's own officer. Reports that name them do not count, because a changing number would reveal them. */
	own?: string | null;
	/** Restricted reports count for the handling office, not for the one they are about. */
	pooled?: boolean;
}

/** One figure; `at` is its day or the first day of its month. */
export type Sum = {
	measure: Measure;
	part: string;
	value: string;
	unitId: string;
	at: string;
	n: number;
};

/** How rows are grouped, besides measure, part and value. */
export interface Gathering {
	by?: 'month' | 'day';
	units?: boolean;
	/** Only whole measures, without parts. */
	whole?: boolean;
}

/**
 * Reads the sums of a period in one statement: whole months, days at its ends, and waiting changes, minus reports that name the
 * reader. Reads no other reports.
 */
export async function sumsWithin(
	whose: Summed,
	measures: readonly Measure[],
	period: Period,
	gathering: Gathering = {}
): Promise<Sum[]> {
	const pieces: Piece[] =
		gathering.by === 'day' ? [{ of: 'days', ...period, sign: 1 }] : piecesOf(period, localDate(now(), EASTMOST));
	const kept = pieces.map(({ of, from, to, sign }) =>
		fromSums(whose, measures, of === 'months' ? 'month' : 'day', between(caseSums.day, from, to), sign)
	);
	return gathered(
		[
			...kept,
			fromChanges(whose, measures, between(caseSumChanges.day, period.from, period.to)),
			ownOf(whose, measures, sql`day between ${period.from} and ${period.to}`)
		],
		gathering
	);
}

/** Running deadlines of all reports: `late`, or `running` (in time or paused). */
export const runningNow = (whose: Summed, until: LocalDate): Promise<Sum[]> =>
	sumsWithin(whose, ['running'], { from: '1970-01-01', to: until }, { units: true });

/** Open reports by day of receipt, without a first day. */
export async function openByDay(whose: Summed, until: LocalDate): Promise<Sum[]> {
	const measures = ['open'] as const;
	return gathered(
		[
			fromSums(whose, measures, 'day', lte(caseSums.day, until), 1),
			fromChanges(whose, measures, lte(caseSumChanges.day, until)),
			ownOf(whose, measures, sql`day <= ${until}`)
		],
		{ by: 'day', units: true }
	);
}

/** Overdue deadlines of the counted reports, as in a periodic report. */
export const overdueFor = (whose: Summed, span: RecapSpan): Promise<Overdue[]> =>
	overduePromises(db(), span, {
		counted: and(
			whose.counted(cases),
			whose.service === undefined ? undefined : eq(cases.service, whose.service),
			whose.own ? sql`not (${namesOwn(whose.own)})` : undefined
		),
		office: sql<string>`${officeOf(whose, cases)}`
	});

const namesOwn = (officerId: string): SQL =>
	sql`${cases.id} = any (array(select ${caseOfficers.caseId} from ${caseOfficers}
		where ${caseOfficers.officerId} = ${officerId} and ${caseOfficers.state} <> 'cleared'))`;

const officeOf = ({ pooled }: Summed, { unitId, handlingUnitId, restricted }: Handled): SQL =>
	pooled ? sql`case when ${restricted} then ${handlingUnitId} else ${unitId} end` : sql`${unitId}`;

function fromSums(
	whose: Summed,
	measures: readonly Measure[],
	grain: 'day' | 'month',
	days: SQL | undefined,
	sign: 1 | -1
): SQL {
	const where = and(
		inArray(caseSums.unitId, [...whose.unitIds]),
		eq(caseSums.service, whose.service ?? ALL_SERVICES),
		eq(caseSums.grain, grain),
		inArray(caseSums.measure, [...measures]),
		days,
		whose.counted(caseSums)
	);
	return sql`select measure, day, part, value, ${officeOf(whose, caseSums)} as unit_id, n * ${sql.raw(String(sign))} as n
		from ${caseSums} where ${where}`;
}

function fromChanges(whose: Summed, measures: readonly Measure[], days: SQL | undefined): SQL {
	const where = and(
		inArray(caseSumChanges.unitId, [...whose.unitIds]),
		whose.service === undefined ? undefined : eq(caseSumChanges.service, whose.service),
		inArray(caseSumChanges.measure, [...measures]),
		days,
		whose.counted(caseSumChanges)
	);
	return sql`select measure, day, part, value, ${officeOf(whose, caseSumChanges)} as unit_id, n
		from ${caseSumChanges} where ${where}`;
}

/** Counts of the reports that name the reader, to be subtracted; these are few. */
function ownOf(whose: Summed, measures: readonly Measure[], days: SQL): SQL | undefined {
	if (!whose.own) return undefined;
	const where = and(
		inArray(cases.unitId, [...whose.unitIds]),
		whose.service === undefined ? undefined : eq(cases.service, whose.service),
		whose.counted(cases)
	);
	const wanted = sql.join(
		measures.map((measure) => sql`${measure}`),
		sql`, `
	);
	return sql`select measure, day, part, value, ${officeOf(whose, cases)} as unit_id, -1 as n
		from ${cases} cross join lateral (
			select * from case_counts(cases, zone_of(${cases.unitId}))
			union all select * from followed_counts(${cases.id}, ${cases.receivedAt}, zone_of(${cases.unitId}))
		) counted
		where ${where} and ${namesOwn(whose.own)} and measure in (${wanted}) and ${days}`;
}

/** Adds up rows of the same kind. Due times become `late` or `running`; otherwise each would be its own row. */
async function gathered(parts: readonly (SQL | undefined)[], { by, units, whole }: Gathering): Promise<Sum[]> {
	const all = sql.join(
		parts.flatMap((part) => part ?? []),
		sql` union all `
	);
	const at =
		by === 'month' ? sql`to_char(day, 'YYYY-MM-"01"')` : by === 'day' ? sql`to_char(day, 'YYYY-MM-DD')` : sql`''`;
	// Due times are written as ISO 8601 in UTC; `paused` comes after all of them.
	const told = sql`case when measure <> 'running' then value when value < ${now().toISOString()} then 'late' else 'running' end`;
	return rowsOf<Sum>(
		db(),
		sql`select measure, part, ${told} as value,
				${units ? sql`unit_id::text` : sql`''`} as "unitId", ${at} as at, sum(n)::int as n
			from (${all}) pieces ${whole ? sql`where part = ''` : sql``} group by 1, 2, 3, 4, 5 having sum(n) <> 0`
	);
}
