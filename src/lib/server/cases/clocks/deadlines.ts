import { sql } from 'drizzle-orm';
import { rulesFor } from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import type { CaseClass, CaseKind, ClockName } from '#lib/cases/vocabulary.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import {
	clockNamed,
	replaceRule,
	endPauses,
	loadClocksOfAll,
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
 * Recomputes and stores the running deadlines of locked cases and their due times, after a change of the calendar. Needs
 * three statements however many cases there are.
 *
 * @returns the cases with other deadlines, each with those whose due time changed, or that became provisional or certain,
 * and the due time `was` before
 */
export async function recomputeCases(tx: Tx, found: readonly CaseWithUnit[], calendar?: Calendar) {
	const loaded = await loadClocksOfAll(tx, found, calendar);
	const recomputed = [...loaded].map(([{ row }, clocks]) => ({ row, clocks, dueAt: recomputeClocks(clocks) }));
	await storeClocks(tx, ...recomputed);
	const moved = recomputed.filter(({ row, dueAt }) => dueAt?.getTime() !== row.dueAt?.getTime());
	if (moved.length > 0) {
		const due = JSON.stringify(moved.map(({ row, dueAt }) => ({ id: row.id, due_at: dueAt })));
		await tx.execute(sql`update cases set due_at = moved.due_at
			from json_to_recordset(${due}) as moved(id bigint, due_at timestamptz) where cases.id = moved.id`);
	}
	return recomputed.flatMap(({ row, clocks: { runs, stored } }) => {
		const before = new Map(stored.runs.map((clock) => [clock.id, clock]));
		const changed = runs.flatMap(({ id, name, dueAt: due, provisional }) => {
			const was = before.get(id);
			if (due?.getTime() === was?.dueAt?.getTime() && provisional === was?.provisional) return [];
			return { name, due, was: was?.dueAt, provisional };
		});
		return changed.length > 0 ? [{ row, changed }] : [];
	});
}
