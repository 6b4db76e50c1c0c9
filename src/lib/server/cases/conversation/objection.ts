import { and, eq, gte } from 'drizzle-orm';
import { reasonInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockCaseForActor, type CaseRow } from '../find.ts';
import { moveTarget, requireVersion, updateCase } from '../move.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent } from '../timeline.ts';

/**
 * Returns the state of the objection to the latest archiving: waiting for a supervisor, or declined. Undefined without an
 * objection and after the case was reopened. Each archiving allows one objection.
 */
export async function objectionMade(
	on: Database | Tx,
	row: Pick<CaseRow, 'id' | 'archivedAt' | 'objectionAt'>
): Promise<'objected' | 'objection_declined' | undefined> {
	if (!row.archivedAt) return undefined;
	if (row.objectionAt) return 'objected';
	const [declined] = await on
		.select({ seq: timeline.seq })
		.from(timeline)
		.where(
			and(
				eq(timeline.caseId, row.id),
				eq(timeline.type, 'objection_declined'),
				// An objection to an earlier archiving of the case does not count.
				gte(timeline.at, row.archivedAt)
			)
		)
		.limit(1);
	return declined && 'objection_declined';
}

/**
 * Declines the reporter's objection, by a supervisor with a reason that the reporter reads. The case stays archived and leaves
 * the desk's list of objections.
 *
 * @throws Conflict `invalid-move` if there is no open objection
 */
export async function declineObjection(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(reasonInput, raw);
	return transaction(async (tx) => {
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		requireSupervisor(actor, before);
		await requireVersion(tx, before, input.version);
		moveTarget(before, 'decline_objection');
		if (!before.objectionAt) {
			throw new Conflict('invalid-move', { status: before.status, version: before.version, reason: 'no_objection' });
		}
		const row = await updateCase(tx, before, { objectionAt: null });
		await recordEvent(tx, row, {
			type: 'objection_declined',
			author: actor,
			public: true,
			data: { reason: input.reason }
		});
		return row;
	});
}
