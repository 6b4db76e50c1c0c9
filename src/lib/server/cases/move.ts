import { and, asc, eq, sql } from 'drizzle-orm';
import { target, type Move } from '#lib/cases/status.ts';
import type { CaseStatus } from '#lib/cases/vocabulary.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { CaseRow } from './find.ts';

/** Refuses a verb for an older version. @throws Conflict `stale` with what happened since */
export async function requireVersion(tx: Tx, row: CaseRow, version: number | undefined): Promise<void> {
	if (version === undefined || version === row.version) return;
	const since = await tx
		.select({ type: timeline.type })
		.from(timeline)
		.where(and(eq(timeline.caseId, row.id), sql`(${timeline.data} ->> 'version')::int > ${version}`))
		.orderBy(asc(timeline.seq));
	throw new Conflict('stale', {
		status: row.status,
		version: row.version,
		changes: [...new Set(since.map((entry) => entry.type))]
	});
}

/** Returns the status after a move. @throws Conflict `invalid-move` if the table has no such move */
export function moveTarget(row: CaseRow, move: Move): CaseStatus {
	const to = target(move, row.status, row.returnStatus);
	if (!to) throw new Conflict('invalid-move', { status: row.status, version: row.version });
	return to;
}

/** Updates a locked case and increments its version. */
export async function updateCase(
	tx: Tx,
	row: CaseRow,
	set: Partial<Omit<CaseRow, 'id' | 'version' | 'reference'>>
): Promise<CaseRow> {
	const [changed] = await tx
		.update(cases)
		.set({ ...set, version: row.version + 1 })
		.where(and(eq(cases.id, row.id), eq(cases.version, row.version)))
		.returning();
	if (!changed) throw new Conflict('stale', { status: row.status, version: row.version });
	return changed;
}

/** Makes a move of the table: sets the status and further columns, and increments the version. */
export async function moveCase(
	tx: Tx,
	row: CaseRow,
	move: Move,
	set: Partial<Omit<CaseRow, 'id' | 'version' | 'reference' | 'status'>> = {}
): Promise<CaseRow> {
	const to = moveTarget(row, move);
	const leaving = to === 'needs_info' || to === 'archived' ? { returnStatus: originOf(row) } : {};
	return updateCase(tx, row, { ...leaving, ...set, status: to });
}

/** A case archived while a question is open later returns to its status before the question. */
function originOf(row: CaseRow): CaseStatus {
	return row.status === 'needs_info' ? (row.returnStatus ?? 'received') : row.status;
}
