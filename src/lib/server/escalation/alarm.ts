import { haltOf } from './connection/connection.ts';
import { countTodo } from './list.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';

export interface ForwardingAlarm {
	/** Start of the halt and its time zone; null while the connection works. */
	halted: { at: Date; zone: string } | null;
	/** Number of forwards the actor may see that wait for a decision, an edit or a copy by hand. */
	todo: number;
}

/** Reads the most important facts about forwarding for the inbox. */
export async function forwardingAlarm(actor: Actor): Promise<ForwardingAlarm> {
	const [halt, todo] = await Promise.all([haltOf(), countTodo(actor)]);
	return { halted: halt ? { at: halt.at, zone: await firstZone() } : null, todo };
}
