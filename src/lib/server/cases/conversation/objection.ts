import { and, eq, gte } from 'drizzle-orm';
import { reasonInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow } from '../find.ts';
import { changeCase, invalidMove, moveTarget, updateCase } from '../move.ts';
import { requireSupervisor } from '../visibility.ts';
import { recordEvent } from '../timeline.ts';

/**
 * Returns the state of the objection to the latest archiving: waiting for a supervisor, or declined. Undefined without an
 * objection and after the case was reopened. Each archiving allows one objection.
 */
export async function objectionMade(on: Database | Tx, row: CaseRow) {
	if (!row.archivedAt) return undefined;
	if (row.objectionAt) return 'objected';
	// An objection to an earlier archiving of the case does not count.
	const declined = and(eq(timeline.type, 'objection_declined'), gte(timeline.at, row.archivedAt));
	const count = await on.$count(timeline, and(eq(timeline.caseId, row.id), declined));
	return count > 0 ? 'objection_declined' : undefined;
}

/**
 * Declines the reporter's objection, by a supervisor with a reason that the reporter reads. The case stays archived and leaves
 * the desk's list of objections.
 *
 * @throws Conflict `invalid-move` if there is no open objection
 */
export async function declineObjection(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { reason, version } = checked(reasonInput, raw);
	return changeCase(actor, reference, version, async (tx, { row: before }) => {
		const author = requireSupervisor(actor, before);
		moveTarget(before, 'decline_objection');
		if (!before.objectionAt) throw invalidMove(before, 'no_objection');
		const row = await updateCase(tx, before, { objectionAt: null });
		await recordEvent(tx, row, { type: 'objection_declined', author, public: true, data: { reason } });
		return row;
	});
}
