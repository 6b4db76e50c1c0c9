import { settleTask } from '#lib/server/escalation/decisions.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { forwardNow } from '../lapor.ts';

/** Marks the present task of a forward as done, as from its page. */
export async function settlePresentTask(actor: Actor, id: string, reason?: string) {
	const { taskAt } = (await forwardNow(id)).escalation;
	return settleTask(actor, id, { reason, raised: taskAt?.toISOString() ?? '' });
}
