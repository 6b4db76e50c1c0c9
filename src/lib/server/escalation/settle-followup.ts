import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { recordEscalation } from '#lib/server/escalation/events.ts';
import { lockEscalationForActor } from '#lib/server/escalation/rows.ts';
import { dropTask } from '#lib/server/escalation/tasks.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';

const input = z.object({
	followup: z.uuid('escalation_followup'),
	/** `sent`: it stands there (entered by hand, or found). `again`: send it once more. */
	outcome: z.enum(['sent', 'again'], { error: 'escalation_outcome_invalid' })
});

/**
 * A person decides a follow-up: in manual mode that it was entered there; where its answer was lost, that it is there or
 * is to be sent again; where it was refused, to try once more.
 *
 * @throws NotFound · Conflict `invalid-move`
 */
export async function settleFollowup(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { followup: followupId, outcome } = checked(input, raw);
	await transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { escalation } = locked;
		const mine = and(eq(escalationFollowups.id, followupId), eq(escalationFollowups.escalationId, id));
		const [followup] = await tx.select().from(escalationFollowups).where(mine);
		if (!followup) throw new NotFound();
		const open = followup.state === 'unknown' || followup.state === 'rejected';
		const byHand = escalation.mode === 'manual' && followup.state === 'waiting' && outcome === 'sent';
		if (!open && !byHand) throw new Conflict('invalid-move', { status: locked.row.status, reason: followup.state });
		const set = outcome === 'sent' ? { state: 'sent', sentAt: now() } : { state: 'waiting', nextAttemptAt: now() };
		await tx
			.update(escalationFollowups)
			.set({ ...set, reasonCode: null, reasonText: null })
			.where(mine);
		const said = { source: followup.source, event: followup.eventSeq, part: followup.part };
		const type = outcome === 'sent' ? 'escalation_followup_sent' : 'escalation_followup_again';
		await recordEscalation(tx, locked, type, actor, said);
		await dropTask(tx, escalation, 'followup_unknown', 'followup_failed');
		if (outcome === 'again') await enqueue(tx, 'escalation-deliver', { escalationId: id });
	});
}
