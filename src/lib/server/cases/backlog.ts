import { asc, desc, inArray } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { isArrival } from '#lib/recap/figures.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import type { CaseRow } from './find.ts';

/**
 * Records which cases entered or left the backlog of a unit: its open cases. Every change of a case writes a timeline
 * entry in the same transaction, and `recordEvents` calls this with it. A move gets the time of the entry. Only
 * `received` gets the time at which the case was opened. Figures count these rows (docs/decisions/0017).
 */
export async function recordBacklog(tx: Tx, caseIds: readonly number[], at: Date): Promise<void> {
	const ids = [...caseIds];
	const rows = await tx.select().from(cases).where(inArray(cases.id, ids));
	const latest = await tx
		.selectDistinctOn([caseMoves.caseId])
		.from(caseMoves)
		.where(inArray(caseMoves.caseId, ids))
		.orderBy(asc(caseMoves.caseId), desc(caseMoves.id));
	const before = new Map(latest.map(({ id: _, ...move }) => [move.caseId, move]));
	const moves = rows.flatMap((row) => movesSince(before.get(row.id), row, at));
	if (moves.length > 0) await tx.insert(caseMoves).values(moves);
}

type Move = typeof caseMoves.$inferInsert;

/** The moves between a case's latest one and its present state, in order. */
function movesSince(latest: Move | undefined, row: CaseRow, at: Date): Move[] {
	const { id: caseId, unitId, kind, channel, restricted: sealed, status, openedAt } = row;
	const now = { caseId, unitId, kind, channel, sealed };
	const received: Move = { ...now, at: openedAt, move: 'received' };
	const was = latest ?? received;
	const moves = latest ? [] : [received];
	const elsewhere = was.unitId !== unitId || was.kind !== kind || was.sealed !== sealed;
	if (isArrival(was.move) && elsewhere) moves.push({ ...was, at, move: 'moved_out' }, { ...now, at, move: 'moved_in' });
	const isOpen = OPEN_STATUSES.includes(status);
	if (isArrival(was.move) !== isOpen)
		moves.push({ ...now, at, move: isOpen ? 'reopened' : status === 'archived' ? 'archived' : 'answered' });
	return moves;
}
