import { and, asc, eq, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES, target, type Move } from '#lib/cases/moves.ts';
import type { CaseStatus } from '#lib/cases/vocabulary.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { now } from '#lib/server/clock.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { clockWrites, recomputeClocks, type CaseClocks } from './clocks/case-clocks.ts';
import { lockCaseForActor, type CaseRow, type CaseWithUnit } from './find.ts';
import { hasWorkingAssignee } from './case-staff.ts';

/**
 * Runs a verb of the desk in a transaction, with the case locked and the version of the form compared.
 *
 * @param version undefined for a verb that works on every version
 * @param others query of the ids of other cases to lock with it
 * @throws NotFound if the actor may not see the case; Conflict `stale`
 */
export async function changeCase<T>(
	actor: Actor,
	reference: string,
	version: number | undefined,
	work: (tx: Tx, caseWithUnit: CaseWithUnit) => Promise<T>,
	others?: SQL
): Promise<T> {
	return transaction(async (tx) => {
		const caseWithUnit = await lockCaseForActor(tx, actor, reference, { others });
		await requireVersion(tx, caseWithUnit.row, version);
		return work(tx, caseWithUnit);
	});
}

/** Refuses a verb for an older version. @throws Conflict `stale` with the types of later timeline entries */
export async function requireVersion(tx: Tx, row: CaseRow, version: number | undefined): Promise<void> {
	if (version === undefined || version === row.version) return;
	const since = await tx
		.select({ type: timeline.type })
		.from(timeline)
		.where(and(eq(timeline.caseId, row.id), sql`(${timeline.data} ->> 'version')::int > ${version}`))
		.orderBy(asc(timeline.seq));
	const changes = [...new Set(since.map((entry) => entry.type))];
	throw new Conflict('stale', { status: row.status, version: row.version, changes });
}

/** The conflict for a move that the case does not allow. */
export function invalidMove({ status, version }: CaseRow, reason?: string): Conflict {
	return new Conflict('invalid-move', { status, version, reason });
}

/** Refuses a step that the law does not require while the reporter's restriction of processing lasts (UU 27/2022). */
export function refuseWhileProcessingRestricted(row: CaseRow): void {
	if (row.processingRestrictedAt) throw invalidMove(row, 'processing_restricted');
}

/** Returns the status after a move. @throws Conflict `invalid-move` if the table has no such move */
export function moveTarget(row: CaseRow, move: Move): CaseStatus {
	const to = target(move, row.status, row.returnStatus);
	if (!to) throw invalidMove(row);
	return to;
}

type Changes = Partial<Omit<CaseRow, 'id' | 'version' | 'reference'>>;

/**
 * Updates a locked case and increments its version.
 *
 * @param clocks the changed deadlines, which the same statement stores, with the due time of the case
 */
export async function updateCase(tx: Tx, row: CaseRow, changes: Changes = {}, clocks?: CaseClocks): Promise<CaseRow> {
	const restrictedAt = changes.restricted && !row.restricted ? now() : row.restrictedAt;
	const due = clocks && { dueAt: recomputeClocks(clocks) };
	const [changed] = await tx
		.with(...(clocks ? clockWrites(tx, { row: { ...row, ...changes }, clocks }) : []))
		.update(cases)
		.set({ ...changes, ...due, restrictedAt, version: row.version + 1 })
		.where(and(eq(cases.id, row.id), eq(cases.version, row.version)))
		.returning();
	if (!changed) throw new Conflict('stale', { status: row.status, version: row.version });
	return changed;
}

/**
 * Makes a move of the table: sets the status and further columns, and increments the version. If a settled
 * case becomes open again, removes an assignee who has left or lost the role (see `recordReopening`).
 *
 * @param clocks as for `updateCase`
 */
export async function moveCase(
	tx: Tx,
	row: CaseRow,
	move: Move,
	changes: Omit<Changes, 'status'> = {},
	clocks?: CaseClocks
) {
	const to = moveTarget(row, move);
	const leaving = to === 'needs_info' || to === 'archived' ? { returnStatus: originOf(row) } : {};
	const reopens = OPEN_STATUSES.includes(to) && !OPEN_STATUSES.includes(row.status);
	const free = reopens && !(await hasWorkingAssignee(tx, row)) ? { assigneeId: null } : {};
	return updateCase(tx, row, { ...leaving, ...free, ...changes, status: to }, clocks);
}

/** A case archived while a question is open later returns to its status before the question. */
function originOf(row: CaseRow): CaseStatus {
	return row.status === 'needs_info' ? (row.returnStatus ?? 'received') : row.status;
}

/**
 * Copies the state of the open escalation, or else of the newest, to the case row, where lists read it. One that was cancelled,
 * or closed without a number and then replaced, never came to LAPOR and doesn't count. The case must be locked.
 */
export async function copyEscalationState(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(cases)
		.set({
			hasForward: true,
			escalationState: sql`(select e.state from escalations e where e.case_id = ${caseId}
					and e.reason_code is distinct from 'cancelled'
					and not (e.state = 'closed' and e.lapor_id is null
						and exists (select from escalations l where l.case_id = e.case_id and l.nn > e.nn))
				order by (e.state not in ('rejected', 'closed')) desc, e.nn desc limit 1)`
		})
		.where(eq(cases.id, caseId));
}
