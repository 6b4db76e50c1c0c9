import { and, eq, inArray, sql } from 'drizzle-orm';
import { checked } from '#lib/server/checked.ts';
import { invalidMove } from '#lib/server/cases/move.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { toSent } from './delivery/after-attempt.ts';
import { isReplaced } from './forward/compose.ts';
import {
	changeEscalation,
	hasTypedNumber,
	lockEscalationForActor,
	recordEscalation,
	requireUnusedLaporNumber,
	type EscalationRow
} from './rows.ts';
import { correctionInput } from './schema.ts';
import { NO_TASK, raiseTask } from './tasks.ts';

/**
 * Replaces LAPOR's number that a person typed wrongly. The status and the stored updates of the old number are removed,
 * because they are about the report of another person. The forward counts as sent again, unless a newer one has
 * replaced it.
 *
 * @throws NotFound · Conflict `invalid-move` if the number came from LAPOR itself, `stale` if somebody else corrected it
 * first · Invalid: the same number, or one that another case has
 */
export async function correctNumber(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const { lapor_id: laporId, wrong_id: seen, reason } = checked(correctionInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation: before, row } = locked;
		if (!before.laporId || !(await hasTypedNumber(tx, before))) throw invalidMove(row, before.state);
		if (seen !== undefined && seen !== before.laporId) throw new Conflict('stale');
		if (laporId === before.laporId) throw invalid('lapor_id', 'escalation_lapor_id_same');
		await requireUnusedLaporNumber(tx, actor, before, laporId);
		const data = { outcome: 'corrected', lapor_id: laporId, wrong_id: before.laporId, reason };
		await recordEscalation(tx, locked, 'escalation_resolved', actor, data);
		await tx.delete(escalationUpdates).where(eq(escalationUpdates.escalationId, id));
		const cleared = {
			laporStatus: null,
			laporNewsAt: null,
			polledAt: null,
			reasonCode: null,
			reasonText: null,
			...NO_TASK
		};
		let escalation: EscalationRow;
		if (before.state === 'closed' && (await isReplaced(tx, before)))
			escalation = await changeEscalation(tx, before, { ...cleared, laporId });
		else {
			escalation = await changeEscalation(tx, before, { ...cleared, closedAt: null });
			const how = { by: 'person', corrected: true };
			escalation = await toSent(tx, { ...locked, escalation }, laporId, actor, { at: before.sentAt ?? now(), how });
		}
		const hasUnknown = await markFollowupsUnknown(tx, escalation);
		return hasUnknown ? raiseTask(tx, { ...locked, escalation }, 'followup_unknown') : escalation;
	});
}

/**
 * Marks follow-ups as unknown that were sent to the wrong report, also those that LAPOR refused there. A poll finds those
 * that are at the right report, and a person decides about the others. In manual mode a person entered them at LAPOR, so
 * they keep their state.
 *
 * @returns whether any was marked
 */
async function markFollowupsUnknown(tx: Tx, { id, mode }: EscalationRow): Promise<boolean> {
	if (mode === 'manual') return false;
	const { escalationId, state, attempts } = escalationFollowups;
	const marked = await tx
		.update(escalationFollowups)
		.set({
			state: 'unknown',
			// The outcome of a call to the wrong report that still runs is not applied.
			attempts: sql`${attempts} + 1`,
			sentAt: null,
			remoteId: null,
			nextAttemptAt: null,
			reasonCode: 'number_corrected',
			reasonText: null
		})
		.where(and(eq(escalationId, id), inArray(state, ['sending', 'sent', 'unknown', 'rejected'])))
		.returning({ id: escalationFollowups.id });
	return marked.length > 0;
}
