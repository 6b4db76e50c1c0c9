import { settleTask } from '#lib/server/escalation/decisions.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { standing } from '../lapor.ts';

/** Marks the present task of a forward as done, as from its page. */
export async function settlePresentTask(actor: Actor, id: string, reason?: string) {
	const { taskAt } = (await standing(id)).escalation;
	return settleTask(actor, id, { reason, raised: taskAt?.toISOString() ?? '' });
}
