import { eq } from 'drizzle-orm';
import { rulesFor } from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import type { CaseClass, CaseKind, ClockName } from '#lib/cases/vocabulary.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import {
	clockNamed,
	replaceRule,
	endPauses,
	loadClocks,
	meetClocks,
	pauseFrom,
	recomputeClocks,
	resumeClock,
	startClocks,
	stopClocks,
	storeClocks,
	type CaseClocks
} from './case-clocks.ts';

/** The deadline rules of the day the case was opened. Later changes do not apply to the case. */
export async function promisedRules(row: Pick<CaseRow, 'openedAt' | 'kind' | 'class'>) {
	return rulesFor(await loadRules(row.openedAt), { kind: row.kind, class: row.class });
}

/** The class by which the deadlines of a report count until it is verified. */
export const classBeforeVerification = (kind: CaseKind): CaseClass =>
	kind === 'information_request' ? 'information' : 'plain';

/** Settles a case: its pauses end, the deadlines of `met` are met, and those of `stopped` stop. */
export function settleClocks(
	clocks: CaseClocks,
	{ met, stopped }: { met: readonly ClockName[]; stopped: readonly ClockName[] },
	at: Date
): void {
	endPauses(clocks, at);
	recomputeClocks(clocks);
	meetClocks(clocks, met, at);
	stopClocks(clocks, stopped);
}

/**
 * Restarts the deadlines of a reopened case: a new first reply is due, and `solution` does not count the days for which
 * the case was settled.
 *
 * @param row the case with its status after the move
 * @param from when the reporter or a supervisor reopened the case
 */
export async function restartClocks(
	clocks: CaseClocks,
	row: Pick<CaseRow, 'openedAt' | 'kind' | 'class' | 'status'>,
	settledSince: Date,
	from: Date
): Promise<void> {
	// A message that was spoken before the archiving and recorded later counts from the archiving.
	const at = from > settledSince ? from : settledSince;
	pauseFrom(clocks, 'settled', settledSince);
	endPauses(clocks, at);
	resumeClock(clocks, 'solution');
	// An unverified case gets a new verification deadline, because the old one has passed.
	const anew = row.status === 'received' ? ['first_reply', 'verification'] : ['first_reply'];
	const { received } = await promisedRules(row);
	startClocks(
		clocks,
		received.filter((rule) => anew.includes(rule.name)),
		at
	);
	if (clockNamed(clocks, 'decision_by_law')?.state === 'stopped') resumeClock(clocks, 'decision_by_law');
}

/** Gives `solution` the days of the new class, still counted from arrival. `row` has the new class. */
export async function replaceSolutionRule(
	clocks: CaseClocks,
	row: Pick<CaseRow, 'openedAt' | 'kind' | 'class'>
): Promise<void> {
	const solution = (await promisedRules(row)).received.find((rule) => rule.name === 'solution');
	if (solution) replaceRule(clocks, solution);
}

/**
 * Recomputes and stores the running deadlines of a locked case and its due time, after a change of the calendar.
 *
 * @returns the deadlines whose due time changed, or that became provisional or certain, with the due time `was` before
 */
export async function recomputeCase(tx: Tx, caseWithUnit: CaseWithUnit, calendar?: Calendar) {
	const { row } = caseWithUnit;
	const clocks = await loadClocks(tx, caseWithUnit, calendar);
	const dueAt = recomputeClocks(clocks);
	await storeClocks(tx, row, clocks);
	if (dueAt?.getTime() !== row.dueAt?.getTime()) await tx.update(cases).set({ dueAt }).where(eq(cases.id, row.id));
	const before = new Map(clocks.stored.runs.map((clock) => [clock.id, clock]));
	return clocks.runs.flatMap(({ id, name, dueAt: due, provisional }) => {
		const was = before.get(id);
		if (due?.getTime() === was?.dueAt?.getTime() && provisional === was?.provisional) return [];
		return { name, due, was: was?.dueAt, provisional };
	});
}
