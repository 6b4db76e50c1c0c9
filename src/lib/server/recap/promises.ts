import { and, count, eq, gte, inArray, lt } from 'drizzle-orm';
import { medianOf } from '#lib/cases/figures.ts';
import { CLOCK_NAMES } from '#lib/cases/vocabulary.ts';
import { daysTaken } from '#lib/recap/days-taken.ts';
import type { ClockRecord, LateCase } from '#lib/recap/figures.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clockOutcomes, lateCauses } from '#lib/server/db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './moment.ts';
import { overduePromises, type Overdue } from './overdue.ts';

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
