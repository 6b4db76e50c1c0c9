import { and, count, eq, gt, gte, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { medianOf } from '#lib/cases/figures.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { CLOCK_NAMES, type ClockName } from '#lib/cases/vocabulary.ts';
import { daysTaken } from '#lib/recap/days-taken.ts';
import { COMING, type ClockRecord, type LateCase } from '#lib/recap/figures.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { caseMoves, clockOutcomes, lateCauses } from '#lib/server/db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './scope.ts';

export interface Overdue {
	caseId: number;
	/** The office where the report stands now. */
	unitId: string;
	reference: string;
	name: ClockName;
	dayUnit: 'working' | 'calendar';
}

/** Whether the case was an open one of these offices at that moment, wherever it is now. */
const openAt = (moment: Date, unitIds: readonly string[]) => {
	const latest = sql`(select ${caseMoves.move} || ' ' || ${caseMoves.unitId} from ${caseMoves}
		where ${caseMoves.caseId} = ${cases.id} and ${caseMoves.at} < ${moment.toISOString()}::timestamptz
		order by ${caseMoves.id} desc limit 1)`;
	return inArray(
		latest,
		COMING.flatMap((move) => unitIds.map((id) => `${move} ${id}`))
	);
};

/** Whether a deadline of the office had passed by then and was not met by then, whatever happened later. */
const missedAt = (moment: Date | typeof caseMoves.at) => {
	const then = moment instanceof Date ? sql`${moment.toISOString()}::timestamptz` : moment;
	return and(
		ne(clocks.name, 'reporter_turn'),
		lt(clocks.dueAt, then),
		or(isNull(clocks.metAt), gte(clocks.metAt, then))
	);
};

/**
 * Deadlines that had passed by the period's end and were met later, given up or not met yet, and those that had passed when a case
 * was archived in the period. A running period ends now. Later events do not change a past period, except a changed class, which
 * gives `solution` other days from the receipt on. A case's `dueAt` is its earliest deadline, so an index finds the open cases.
 *
 * @param which the cases that count, by default all; `office`: the unit each counts for, by default its own
 */
export async function overduePromises(
	on: Database | Tx,
	span: RecapSpan,
	which: { counted?: SQL | undefined; office?: SQL<string> } = {}
): Promise<Overdue[]> {
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
		// A deadline that the archiving itself met, late, has an outcome of its own.
		or(isNull(clocks.metAt), gt(clocks.metAt, caseMoves.at))
	);
	const all = (await Promise.all([stillOpen, keptLater, leftLater, givenUp])).flat();
	// One deadline can be found in two ways: met late, for example, and running again since a dispute.
	return [...new Map(all.map((one) => [`${one.caseId} ${one.name}`, one])).values()];
}

const kept = (span: RecapSpan) => {
	const { from, until } = momentsOf(span);
	return and(
		inArray(clockOutcomes.unitId, [...span.unitIds]),
		gte(clockOutcomes.at, from),
		lt(clockOutcomes.at, until)
	);
};

/**
 * How each promise was kept in a period, and which reports missed one. A promise that was kept, disputed and kept again
 * counts each time.
 */
export async function promiseFigures(
	on: Database | Tx,
	span: RecapSpan
): Promise<{ clocks: ClockRecord[]; late: LateCase[] }> {
	const overdue = await overduePromises(on, span);
	return { clocks: await clockRecords(on, span, overdue), late: await lateCases(on, span, overdue) };
}

async function clockRecords(on: Database | Tx, span: RecapSpan, overdue: readonly Overdue[]): Promise<ClockRecord[]> {
	const groups = await on
		.select({
			name: clockOutcomes.name,
			dayUnit: clockOutcomes.dayUnit,
			startedOn: clockOutcomes.startedOn,
			endedOn: clockOutcomes.endedOn,
			pausedDays: clockOutcomes.pausedDays,
			late: clockOutcomes.late,
			n: count()
		})
		.from(clockOutcomes)
		.where(kept(span))
		.groupBy(
			clockOutcomes.name,
			clockOutcomes.dayUnit,
			clockOutcomes.startedOn,
			clockOutcomes.endedOn,
			clockOutcomes.pausedDays,
			clockOutcomes.late
		);
	const taken = daysTaken(await loadCalendar(on), groups);
	const sum = (list: readonly { n: number }[]) => list.reduce((total, { n }) => total + n, 0);
	return CLOCK_NAMES.flatMap((name) => {
		const own = groups.filter((group) => group.name === name);
		const missed = overdue.filter((one) => one.name === name);
		const dayUnit = own[0]?.dayUnit ?? missed[0]?.dayUnit;
		if (!dayUnit) return [];
		const n = sum(own);
		const late = sum(own.filter((group) => group.late));
		const medianDays = medianOf(own.map((group) => ({ value: taken(group), n: group.n }))) ?? null;
		return [{ name, dayUnit, n, onTime: n - late, late, medianDays, overdue: missed.length }];
	});
}

async function lateCases(on: Database | Tx, span: RecapSpan, overdue: readonly Overdue[]): Promise<LateCase[]> {
	const keptLate = await on
		.select({ caseId: cases.id, reference: cases.reference, name: clockOutcomes.name })
		.from(clockOutcomes)
		.innerJoin(cases, eq(cases.id, clockOutcomes.caseId))
		.where(and(kept(span), clockOutcomes.late));
	const missed = Map.groupBy([...keptLate, ...overdue], ({ caseId }) => caseId);
	const ids = [...missed.keys()];
	const causes = ids.length === 0 ? [] : await on.select().from(lateCauses).where(inArray(lateCauses.caseId, ids));
	const causeOf = new Map(causes.map(({ caseId, cause }) => [caseId, cause]));
	return [...missed]
		.map(([caseId, own]) => {
			const names = new Set(own.map(({ name }) => name));
			return {
				caseId,
				reference: own[0]?.reference ?? '',
				clocks: CLOCK_NAMES.filter((name) => names.has(name)),
				cause: causeOf.get(caseId) ?? null
			};
		})
		.sort((a, b) => a.reference.localeCompare(b.reference));
}
