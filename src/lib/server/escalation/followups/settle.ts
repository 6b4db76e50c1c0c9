import { and, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { recordEscalation } from '../events.ts';
import type { FollowupRow } from './followups.ts';
import { lockEscalationForActor, type EscalationRow } from '../rows.ts';
import { dropFollowupTasks } from '../tasks.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';

const input = z.object({
	followup: z.uuid('escalation_followup'),
	/** `sent`: it is at LAPOR. `again`: send it once more. */
	outcome: z.enum(['sent', 'again'], { error: 'escalation_outcome_invalid' })
});

/**
 * Records a person's decision about a follow-up that is unknown or rejected: it is at LAPOR, or send it again. In manual mode
 * also that it was entered there, in order, or that this was a mistake.
 *
 * @throws NotFound · Conflict `invalid-move`, also if an earlier one still waits or the report has no number yet
 */
export async function settleFollowup(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { followup: followupId, outcome } = checked(input, raw);
	await transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation, row } = locked;
		const mine = and(eq(escalationFollowups.id, followupId), eq(escalationFollowups.escalationId, id));
		const [followup] = await tx.select().from(escalationFollowups).where(mine);
		if (!followup) throw new NotFound();
		const reason = await barredBy(tx, escalation, followup, outcome);
		if (reason) throw new Conflict('invalid-move', { status: row.status, version: row.version, reason });
		const set =
			outcome === 'sent' ? { state: 'sent', sentAt: now() } : { state: 'waiting', sentAt: null, nextAttemptAt: now() };
		await tx
			.update(escalationFollowups)
			.set({ ...set, reasonCode: null, reasonText: null })
			.where(mine);
		const { source, eventSeq: event, part } = followup;
		const byHand = escalation.mode === 'manual' ? { by: 'hand' } : {};
		const type = outcome === 'sent' ? 'escalation_followup_sent' : 'escalation_followup_again';
		await recordEscalation(tx, locked, type, actor, { source, event, part, ...byHand });
		await dropFollowupTasks(tx, escalation);
		if (outcome === 'again' && escalation.mode === 'api') await enqueue(tx, 'escalation-deliver', { escalationId: id });
	});
}

/** Why a follow-up can't be decided that way now; undefined if it can. */
async function barredBy(tx: Tx, escalation: EscalationRow, followup: FollowupRow, outcome: 'sent' | 'again') {
	if (followup.state === 'unknown' || followup.state === 'rejected') return undefined;
	const settled = `followup_${followup.state}`;
	if (escalation.mode !== 'manual') return settled;
	if (outcome === 'again') return followup.state === 'sent' ? undefined : settled;
	if (followup.state !== 'waiting') return settled;
	if (!escalation.laporId) return 'followup_before_number';
	const { escalationId, state, seq } = escalationFollowups;
	const earlier = and(eq(escalationId, escalation.id), eq(state, 'waiting'), lt(seq, followup.seq));
	return (await tx.$count(escalationFollowups, earlier)) > 0 ? 'followup_earlier_waits' : undefined;
}
