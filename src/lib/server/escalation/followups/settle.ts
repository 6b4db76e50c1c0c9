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
	/** `sent`: it stands there (entered by hand, or found). `again`: send it once more. */
	outcome: z.enum(['sent', 'again'], { error: 'escalation_outcome_invalid' })
});

/**
 * A person decides a follow-up: in manual mode that it was written there, one after the other as they were said, or that
 * the tick was a slip; where its answer was lost, that it is there or is to be sent again; where it was refused, to try
 * once more.
 *
 * @throws NotFound · Conflict `invalid-move`, also where an earlier one still waits or the report has no number yet
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
		const said = { source: followup.source, event: followup.eventSeq, part: followup.part };
		const type = outcome === 'sent' ? 'escalation_followup_sent' : 'escalation_followup_again';
		await recordEscalation(tx, locked, type, actor, {
			...said,
			...(escalation.mode === 'manual' ? { by: 'hand' } : {})
		});
		await dropFollowupTasks(tx, escalation);
		if (outcome === 'again' && escalation.mode === 'api') await enqueue(tx, 'escalation-deliver', { escalationId: id });
	});
}

/** Why a follow-up can't be decided that way now; undefined if it can. */
async function barredBy(
	tx: Tx,
	escalation: EscalationRow,
	followup: FollowupRow,
	outcome: 'sent' | 'again'
): Promise<string | undefined> {
	if (followup.state === 'unknown' || followup.state === 'rejected') return undefined;
	const settled = `followup_${followup.state}`;
	if (escalation.mode !== 'manual') return settled;
	if (outcome === 'again') return followup.state === 'sent' ? undefined : settled;
	if (followup.state !== 'waiting') return settled;
	if (!escalation.laporId) return 'followup_before_number';
	const [earlier] = await tx
		.select({ id: escalationFollowups.id })
		.from(escalationFollowups)
		.where(
			and(
				eq(escalationFollowups.escalationId, escalation.id),
				eq(escalationFollowups.state, 'waiting'),
				lt(escalationFollowups.seq, followup.seq)
			)
		)
		.limit(1);
	return earlier && 'followup_earlier_waits';
}
