import { and, eq, inArray, isNull, min, ne, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { computeDue, type Pause } from '#lib/calendar/deadline-calculator.ts';
import { PAUSING_CLOCKS, rulesFor, type ClockRule } from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { nextNotificationAt } from '#lib/cases/clock-stages.ts';
import type { CaseClass, CaseKind, ClockName } from '#lib/cases/vocabulary.ts';
import { loadCalendar, loadRules } from '#lib/server/calendar/load.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks, pauses } from '#lib/server/db/schema/clocks.ts';
import { clockOutcomes } from '#lib/server/db/schema/recap.ts';
import type { CaseRow, CaseWithUnit, UnitRow } from '../find.ts';

export type ClockRow = typeof clocks.$inferSelect;
const ACTIVE = inArray(clocks.state, ['running', 'paused']);

const ofCase = (row: CaseRow, names: readonly ClockName[]) =>
	and(eq(clocks.caseId, row.id), inArray(clocks.name, [...names]));

/** The deadline rules of the day the case was opened. Later changes do not apply to the case. */
export async function promisedRules(row: Pick<CaseRow, 'openedAt' | 'kind' | 'class'>) {
	return rulesFor(await loadRules(row.openedAt), { kind: row.kind, class: row.class });
}

/** The class by which the deadlines of a report count until it is verified. */
export const classBeforeVerification = (kind: CaseKind): CaseClass =>
	kind === 'information_request' ? 'information' : 'plain';

/**
 * Starts deadlines at `start`, without due times: `recomputeClocks` must follow in the same transaction. A deadline
 * that ran before gets a new run. Former runs stay stored.
 */
export async function startClocks(tx: Tx, row: CaseRow, rules: readonly ClockRule[], startAt: Date): Promise<void> {
	for (const { name, days, dayUnit, basis } of rules) {
		const run = sql<number>`(select coalesce(max(run), 0) + 1 from clocks where case_id = ${row.id} and name = ${name})`;
		const pausable = dayUnit === 'working' && PAUSING_CLOCKS.includes(name);
		const rule = { name, days, dayUnit, basis, pausable };
		await tx.insert(clocks).values({ caseId: row.id, run, startAt, state: 'running', ...rule });
	}
}

/** Marks these deadlines as met, in time or late. Records the outcome of each deadline of the office. */
export async function meetClocks(tx: Tx, { row, unit }: CaseWithUnit, names: readonly ClockName[], at: Date) {
	const met = await tx
		.update(clocks)
		.set({ state: 'met', metAt: at, late: sql`coalesce(${clocks.dueAt} < ${at.toISOString()}::timestamptz, false)` })
		.where(and(ofCase(row, names), ACTIVE))
		.returning();
	const endedOn = localDate(at, unit.timeZone);
	const outcomes = met
		.filter(({ name }) => name !== 'reporter_turn')
		.map(({ id: clockId, name, dayUnit, startAt, skipped, dueAt, late }) => {
			const startedOn = localDate(startAt, unit.timeZone);
			const pausedDays = skipped.filter(({ why, date }) => why === 'paused' && date <= endedOn).length;
			const ended = { startedOn, endedOn, pausedDays, at, dueAt, late };
			return { caseId: row.id, clockId, unitId: row.unitId, name, dayUnit, ...ended };
		});
	if (outcomes.length > 0) await tx.insert(clockOutcomes).values(outcomes);
}

/** Stops these deadlines. They count neither as met nor as missed. */
export async function stopClocks(tx: Tx, row: CaseRow, names: readonly ClockName[]): Promise<void> {
	await tx
		.update(clocks)
		.set({ state: 'stopped' })
		.where(and(ofCase(row, names), ACTIVE));
}

/** Settles a case: its pauses end, the deadlines of `met` are met, and those of `stopped` stop. */
export async function settleClocks(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	{ met, stopped }: { met: readonly ClockName[]; stopped: readonly ClockName[] },
	at: Date
): Promise<void> {
	await endPauses(tx, caseWithUnit.row, at);
	await recomputeClocks(tx, caseWithUnit);
	await meetClocks(tx, caseWithUnit, met, at);
	await stopClocks(tx, caseWithUnit.row, stopped);
	await recomputeClocks(tx, caseWithUnit);
}

/**
 * Deadlines of a case that is open again: a new first reply is due, and `solution` was paused while the case was
 * settled.
 *
 * @param from when the reporter or a supervisor reopened the case
 */
export async function restartClocks(tx: Tx, caseWithUnit: CaseWithUnit, settledSince: Date, from: Date): Promise<void> {
	const { row } = caseWithUnit;
	// A message that was spoken before the archiving and recorded later counts from the archiving.
	const at = from > settledSince ? from : settledSince;
	await pauseFrom(tx, row, 'settled', settledSince);
	await endPauses(tx, row, at);
	await resumeClock(tx, row, 'solution');
	// An unverified case gets a new verification deadline, because the old one has passed.
	const anew = row.status === 'received' ? ['first_reply', 'verification'] : ['first_reply'];
	const { receipt } = await promisedRules(row);
	const rules = receipt.filter((rule) => anew.includes(rule.name));
	await startClocks(tx, row, rules, at);
	const [decision] = await tx
		.select({ state: clocks.state })
		.from(clocks)
		.where(ofCase(row, ['decision_by_law']));
	if (decision?.state === 'stopped') await resumeClock(tx, row, 'decision_by_law');
	await recomputeClocks(tx, caseWithUnit);
}

/** Resumes the latest run of a deadline that was met or stopped. */
async function resumeClock(tx: Tx, row: CaseRow, name: ClockName): Promise<void> {
	const latest = sql`(select max(run) from clocks where case_id = ${row.id} and name = ${name})`;
	await tx
		.update(clocks)
		.set({ state: 'running', metAt: null, late: false })
		.where(and(ofCase(row, [name]), eq(clocks.run, latest)));
}

/** Gives `solution` the days of the new class, still counted from receipt. */
export async function countSolutionAnew(tx: Tx, row: CaseRow): Promise<void> {
	const solution = (await promisedRules(row)).receipt.find((rule) => rule.name === 'solution');
	if (!solution) return;
	const { days, dayUnit, basis } = solution;
	await tx
		.update(clocks)
		.set({ days, dayUnit, basis })
		.where(ofCase(row, ['solution']));
}

/** Pauses the office's deadlines from `at` on. */
export async function pauseFrom(tx: Tx, row: CaseRow, why: 'needs_info' | 'settled', at: Date): Promise<void> {
	await tx.insert(pauses).values({ caseId: row.id, why, fromAt: at });
}

export async function endPauses(tx: Tx, row: CaseRow, at: Date): Promise<void> {
	await tx
		.update(pauses)
		.set({ toAt: at })
		.where(and(eq(pauses.caseId, row.id), isNull(pauses.toAt)));
}

/**
 * Recomputes the running deadlines of a case, after a start, a pause, or a change of class or calendar. Writes the
 * office's earliest one to the case, because inboxes are ordered by it.
 *
 * @returns the deadlines whose due time changed, or that became provisional or certain
 */
export async function recomputeClocks(tx: Tx, { row, unit }: CaseWithUnit, calendar?: Calendar): Promise<ClockRow[]> {
	const known = calendar ?? (await loadCalendar());
	const spans = await tx.select().from(pauses).where(eq(pauses.caseId, row.id));
	const active = await tx
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), ACTIVE));
	const changed: ClockRow[] = [];
	for (const clock of active) {
		const next = computed(clock, unit, known, spans);
		const moved = next.dueAt?.getTime() !== clock.dueAt?.getTime();
		if (moved || next.provisional !== clock.provisional) changed.push({ ...clock, ...next });
		await tx.update(clocks).set(next).where(eq(clocks.id, clock.id));
	}
	const owed = and(eq(clocks.caseId, row.id), eq(clocks.state, 'running'), ne(clocks.name, 'reporter_turn'));
	const [earliest] = await tx
		.select({ dueAt: min(clocks.dueAt) })
		.from(clocks)
		.where(owed);
	const dueAt = earliest?.dueAt ?? null;
	await tx.update(cases).set({ dueAt }).where(eq(cases.id, row.id));
	return changed;
}

/** The calculated due times of a deadline, as columns. `spans` are the pauses of the whole case. */
function computed(clock: ClockRow, unit: UnitRow, calendar: Calendar, spans: readonly (typeof pauses.$inferSelect)[]) {
	const own = spans
		.filter(({ why }) => clock.pausable && (why === 'needs_info' || clock.name === 'solution'))
		.map(({ fromAt, toAt }) => ({ from: fromAt, to: toAt }));
	const due = dueFrom(clock.startAt, clock, unit, calendar, own);
	const { dueAt, warnAt, alertAt, provisional, skipped } = due;
	const tellAt = nextNotificationAt({ ...clock, dueAt, warnAt, alertAt }, unit.timeZone);
	const state = dueAt ? ('running' as const) : ('paused' as const);
	return { dueAt, warnAt, alertAt, provisional, skipped, tellAt, state };
}

/** When a deadline that starts at `start` is due at an office, with the explanation. */
export function dueFrom(
	start: Date,
	{ days, dayUnit }: Pick<ClockRule, 'days' | 'dayUnit'>,
	{ hours, timeZone: zone }: Pick<UnitRow, 'hours' | 'timeZone'>,
	calendar: Calendar,
	spans: readonly Pause[] = []
) {
	return computeDue({ start, days, dayUnit, calendar, hours, zone, pauses: spans });
}
