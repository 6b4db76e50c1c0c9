import { and, eq, gt, gte, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { COMING } from '#lib/recap/figures.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { caseMoves, clockOutcomes } from '#lib/server/db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './moment.ts';

export interface Overdue {
	caseId: number;
	/** The office where the report stands now. */
	unitId: string;
	reference: string;
	name: ClockName;
	dayUnit: 'working' | 'calendar';
}

/** At that moment the case was among the open ones of these offices, wherever it is now. */
const openAt = (moment: Date, unitIds: readonly string[]) => {
	const latest = sql`(select ${caseMoves.move} || ' ' || ${caseMoves.unitId} from ${caseMoves}
		where ${caseMoves.caseId} = ${cases.id} and ${caseMoves.at} < ${moment.toISOString()}::timestamptz
		order by ${caseMoves.id} desc limit 1)`;
	return inArray(
		latest,
		COMING.flatMap((move) => unitIds.map((id) => `${move} ${id}`))
	);
};

/** A promise of the office that had run out by then and was not kept: whatever became of it later. */
const missedAt = (moment: Date | typeof caseMoves.at) => {
	const then = moment instanceof Date ? sql`${moment.toISOString()}::timestamptz` : moment;
	return and(
		ne(clocks.name, 'reporter_turn'),
		lt(clocks.dueAt, then),
		or(isNull(clocks.metAt), gte(clocks.metAt, then))
	);
};

/** Which reports count, and under which office each stands: all of them, under their own, unless it is said. */
interface Which {
	counted?: SQL | undefined;
	office?: SQL<string>;
}

/**
 * Promises that had run out by the period's end and were kept later, given up or not yet kept, and those that had run out
 * when a case was archived in the period. A running period ends now: what is due later is not missed. Told by what had
 * happened by then alone: no past period changes by what comes after it, but for a changed class, which gives `solution`
 * other days from the receipt on. A case's own due time is its earliest, so that the open ones in question stand together
 * in their index.
 */
export async function overduePromises(on: Database | Tx, span: RecapSpan, which: Which = {}): Promise<Overdue[]> {
	const { from, until: ended } = momentsOf(span);
	const at = now();
	const until = ended < at ? ended : at;
	const unitIds = [...span.unitIds];
	const { counted, office = sql<string>`${cases.unitId}` } = which;
	const about = { caseId: cases.id, reference: cases.reference, unitId: office };
	const columns = { ...about, name: clocks.name, dayUnit: clocks.dayUnit };
	const stillOpen = on
		.select(columns)
		.from(cases)
		.innerJoin(clocks, eq(clocks.caseId, cases.id))
		.where(
			and(
				inArray(cases.unitId, unitIds),
				inArray(cases.status, [...OPEN_STATUSES]),
				lt(cases.dueAt, until),
				missedAt(until),
				openAt(until, unitIds),
				counted
			)
		);
	const keptLater = on
		.select({ ...about, name: clockOutcomes.name, dayUnit: clockOutcomes.dayUnit })
		.from(clockOutcomes)
		.innerJoin(cases, eq(cases.id, clockOutcomes.caseId))
		.where(
			and(
				inArray(clockOutcomes.unitId, unitIds),
				gte(clockOutcomes.at, until),
				lt(clockOutcomes.dueAt, until),
				openAt(until, unitIds),
				counted
			)
		);
	const left = (...conditions: (SQL | undefined)[]) =>
		on
			.select(columns)
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.innerJoin(clocks, eq(clocks.caseId, cases.id))
			.where(and(inArray(caseMoves.unitId, unitIds), ...conditions, counted));
	const leftLater = left(
		inArray(caseMoves.move, ['archived', 'moved_out']),
		gte(caseMoves.at, until),
		missedAt(until),
		openAt(until, unitIds)
	);
	const givenUp = left(
		eq(caseMoves.move, 'archived'),
		gte(caseMoves.at, from),
		lt(caseMoves.at, until),
		missedAt(caseMoves.at),
		// What the archiving itself kept, late, has an outcome of its own.
		or(isNull(clocks.metAt), gt(clocks.metAt, caseMoves.at))
	);
	const all = (await Promise.all([stillOpen, keptLater, leftLater, givenUp])).flat();
	// One promise can be found in two ways: kept late, say, and running again since a dispute.
	return [...new Map(all.map((one) => [`${one.caseId} ${one.name}`, one])).values()];
}
