import { and, eq, inArray, min, ne, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { computeDue, type Pause } from '#lib/calendar/calculator.ts';
import { PAUSING_CLOCKS, rulesFor, type ClockRule, type StartingClocks } from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { nextTelling, NOTHING_TOLD, type StagesTold } from '#lib/cases/clock-stages.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { loadCalendar, loadRules } from '#lib/server/calendar/load.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks, pauses } from '#lib/server/db/schema/clocks.ts';
import { clockOutcomes } from '#lib/server/db/schema/recap.ts';
import type { CaseRow, CaseWithUnit, UnitRow } from '../find.ts';

export type ClockRow = typeof clocks.$inferSelect;
const ACTIVE = inArray(clocks.state, ['running', 'paused']);

/** The deadline rules of the day the case was opened; later changes do not apply to it. */
export async function promisedRules(
	on: Database | Tx,
	row: Pick<CaseRow, 'openedAt' | 'kind' | 'class'>
): Promise<StartingClocks> {
	return rulesFor(await loadRules(on, row.openedAt), { kind: row.kind, class: row.class });
}

/** The calculated due times of a deadline, as columns. `pausesOf` are the pauses of the whole case. */
function computed(
	clock: Pick<ClockRow, 'name' | 'startAt' | 'days' | 'dayUnit' | 'pausable'> & StagesTold,
	unit: Pick<UnitRow, 'timeZone' | 'hours'>,
	calendar: Calendar,
	pausesOf: readonly (Pause & { why: 'needs_info' | 'settled' })[]
) {
	const own = pausesOf.filter((pause) => clock.pausable && (pause.why === 'needs_info' || clock.name === 'solution'));
	const due = computeDue({
		start: clock.startAt,
		days: clock.days,
		dayUnit: clock.dayUnit,
		calendar,
		hours: unit.hours,
		zone: unit.timeZone,
		pauses: own
	});
	const { dueAt, warnAt, alertAt, provisional, skipped } = due;
	const tellAt = nextTelling({ ...clock, dueAt, warnAt, alertAt }, unit.timeZone);
	const state = dueAt ? ('running' as const) : ('paused' as const);
	return { dueAt, warnAt, alertAt, provisional, skipped, tellAt, state };
}

/** Starts deadlines at `start`. A deadline that ran before gets a new run; former runs stay stored. */
export async function startClocks(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	rules: readonly ClockRule[],
	start: Date
): Promise<void> {
	if (rules.length === 0) return;
	const calendar = await loadCalendar(tx);
	for (const rule of rules) {
		const clock = {
			caseId: row.id,
			name: rule.name,
			run: sql<number>`(select coalesce(max(run), 0) + 1 from clocks where case_id = ${row.id} and name = ${rule.name})`,
			startAt: start,
			days: rule.days,
			dayUnit: rule.dayUnit,
			basis: rule.basis,
			pausable: rule.dayUnit === 'working' && PAUSING_CLOCKS.includes(rule.name)
		};
		await tx.insert(clocks).values({ ...clock, ...computed({ ...clock, ...NOTHING_TOLD }, unit, calendar, []) });
	}
}

/** Marks these deadlines as met, in time or late, and records the outcome of each that is a promise of the office. */
export async function meetClocks(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	names: readonly ClockName[],
	at: Date
): Promise<void> {
	const met = await tx
		.update(clocks)
		.set({ state: 'met', metAt: at, late: sql`coalesce(${clocks.dueAt} < ${at.toISOString()}::timestamptz, false)` })
		.where(and(eq(clocks.caseId, row.id), inArray(clocks.name, [...names]), ACTIVE))
		.returning();
	const endedOn = localDate(at, unit.timeZone);
	const outcomes = met
		.filter(({ name }) => name !== 'reporter_turn')
		.map(({ id, name, dayUnit, startAt, skipped, dueAt, late }) => ({
			caseId: row.id,
			clockId: id,
			unitId: row.unitId,
			name,
			dayUnit,
			startedOn: localDate(startAt, unit.timeZone),
			endedOn,
			pausedDays: skipped.filter(({ why, date }) => why === 'paused' && date <= endedOn).length,
			at,
			dueAt,
			late
		}));
	if (outcomes.length > 0) await tx.insert(clockOutcomes).values(outcomes);
}

/** Stops these deadlines; they count neither as met nor as missed. */
export async function stopClocks(tx: Tx, row: CaseRow, names: readonly ClockName[]): Promise<void> {
	await tx
		.update(clocks)
		.set({ state: 'stopped' })
		.where(and(eq(clocks.caseId, row.id), inArray(clocks.name, [...names]), ACTIVE));
}

/** Resumes the latest run of a deadline that was met or stopped, after a dispute. */
export async function resumeClock(tx: Tx, row: CaseRow, name: ClockName): Promise<void> {
	await tx
		.update(clocks)
		.set({ state: 'running', metAt: null, late: false })
		.where(
			and(
				eq(clocks.caseId, row.id),
				eq(clocks.name, name),
				eq(clocks.run, sql`(select max(run) from clocks where case_id = ${row.id} and name = ${name})`)
			)
		);
}

/** Gives `solution` the days of the new class, still counted from receipt. */
export async function countSolutionAnew(tx: Tx, row: CaseRow): Promise<void> {
	const solution = (await promisedRules(tx, row)).receipt.find((rule) => rule.name === 'solution');
	if (!solution) return;
	const { days, dayUnit, basis } = solution;
	await tx
		.update(clocks)
		.set({ days, dayUnit, basis })
		.where(and(eq(clocks.caseId, row.id), eq(clocks.name, 'solution')));
}

/** Pauses the office's deadlines from `at` on. */
export async function pauseFrom(tx: Tx, row: CaseRow, why: 'needs_info' | 'settled', at: Date): Promise<void> {
	await tx.insert(pauses).values({ caseId: row.id, why, fromAt: at });
}

/** Ends all pauses. */
export async function endPauses(tx: Tx, row: CaseRow, at: Date): Promise<void> {
	await tx
		.update(pauses)
		.set({ toAt: at })
		.where(and(eq(pauses.caseId, row.id), sql`${pauses.toAt} is null`));
}

/**
 * Recomputes the running deadlines of a case (after a pause, a change of class or calendar) and writes the office's earliest
 * one to the case; inboxes are ordered by it.
 *
 * @returns the deadlines whose due time changed, or that became provisional or certain
 */
export async function recomputeClocks(tx: Tx, { row, unit }: CaseWithUnit, calendar?: Calendar): Promise<ClockRow[]> {
	const known = calendar ?? (await loadCalendar(tx));
	const spans = await tx.select().from(pauses).where(eq(pauses.caseId, row.id));
	const standing = spans.map(({ why, fromAt, toAt }) => ({ why, from: fromAt, to: toAt }));
	const active = await tx
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), ACTIVE));
	const changed: ClockRow[] = [];
	for (const clock of active) {
		const next = computed(clock, unit, known, standing);
		const moved = next.dueAt?.getTime() !== clock.dueAt?.getTime();
		if (moved || next.provisional !== clock.provisional) changed.push({ ...clock, ...next });
		await tx.update(clocks).set(next).where(eq(clocks.id, clock.id));
	}
	const [earliest] = await tx
		.select({ dueAt: min(clocks.dueAt) })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.state, 'running'), ne(clocks.name, 'reporter_turn')));
	await tx
		.update(cases)
		.set({ dueAt: earliest?.dueAt ?? null })
		.where(eq(cases.id, row.id));
	return changed;
}
