import { and, count, eq, gt, gte, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '../../cases/status.ts';
import { CLOCK_NAMES, type ClockName } from '../../cases/vocabulary.ts';
import { daysTaken } from '../../recap/days-taken.ts';
import { COMING, type ClockRecord, type LateCase } from '../../recap/figures.ts';
import { medianOf } from '../../recap/median.ts';
import { loadCalendar } from '../calendar/load.ts';
import type { Database, Tx } from '../db/index.ts';
import { cases } from '../db/schema/cases.ts';
import { clocks } from '../db/schema/clocks.ts';
import { caseMoves, clockOutcomes, lateCauses } from '../db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './moment.ts';

const kept = (span: RecapSpan) => {
	const { from, until } = momentsOf(span);
	return and(
		inArray(clockOutcomes.unitId, [...span.unitIds]),
		gte(clockOutcomes.at, from),
		lt(clockOutcomes.at, until)
	);
};

interface Overdue {
	caseId: number;
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

const columns = { caseId: cases.id, reference: cases.reference, name: clocks.name, dayUnit: clocks.dayUnit };

/**
 * Promises that had run out by the period's end and were kept later, given up or not yet kept, and those that had run out
 * when a case was archived in the period. Told by what had happened by then alone: no past period changes by what comes
 * after it, but for a changed class, which gives `solution` other days from the receipt on. A case's own due time is its earliest, so that the open ones in question stand together in their index.
 */
async function overdueOf(on: Database | Tx, span: RecapSpan): Promise<Overdue[]> {
	const { from, until } = momentsOf(span);
	const unitIds = [...span.unitIds];
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
				openAt(until, unitIds)
			)
		);
	const keptLater = on
		.select({ ...columns, name: clockOutcomes.name, dayUnit: clockOutcomes.dayUnit })
		.from(clockOutcomes)
		.innerJoin(cases, eq(cases.id, clockOutcomes.caseId))
		.where(
			and(
				inArray(clockOutcomes.unitId, unitIds),
				gte(clockOutcomes.at, until),
				lt(clockOutcomes.dueAt, until),
				openAt(until, unitIds)
			)
		);
	const left = (...conditions: (SQL | undefined)[]) =>
		on
			.select(columns)
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.innerJoin(clocks, eq(clocks.caseId, cases.id))
			.where(and(inArray(caseMoves.unitId, unitIds), ...conditions));
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

/**
 * How each promise was kept in a period, and which reports missed one. A promise that was kept, disputed and kept again
 * counts each time.
 */
export async function promiseFigures(
	on: Database | Tx,
	span: RecapSpan
): Promise<{ clocks: ClockRecord[]; late: LateCase[] }> {
	const overdue = await overdueOf(on, span);
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
		const medianDays = medianOf(own.map((group) => ({ value: taken(group), n: group.n })));
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
