import { haltOf } from '#lib/server/escalation/connection.ts';
import { countTodo } from '#lib/server/escalation/list.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/first-zone.ts';

export interface ForwardingAlarm {
	/** Since when nothing is sent, and the zone to say it in; null while the connection is up. */
	halted: { at: Date; zone: string } | null;
	/** Forwards that wait for a decision, an edit or a copy by hand, among those the actor may see. */
	todo: number;
}

/** What somebody at the inbox should know of forwarding before anything else. */
export async function forwardingAlarm(actor: Actor): Promise<ForwardingAlarm> {
	const [halt, todo] = await Promise.all([haltOf(), countTodo(actor)]);
	return { halted: halt ? { at: halt.at, zone: await firstZone() } : null, todo };
}
