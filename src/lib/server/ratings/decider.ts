import { eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Tx } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';

/** The units above those of a query, which joins them by their id: `eq(parents.id, units.parentId)`. */
export const parents = alias(units, 'parents');

/** The unit whose managers take a 1 or a 2 of a unit out: its parent, or a root itself (docs/decisions/0007). */
export const DECIDER = {
	id: sql<string>`coalesce(${parents.id}, ${units.id})`,
	name: sql<string>`coalesce(${parents.name}, ${units.name})`
};

/** The id of that unit. */
export async function deciderOf(tx: Tx, unitId: string): Promise<string> {
	const [unit] = await tx.select({ parentId: units.parentId }).from(units).where(eq(units.id, unitId));
	return unit?.parentId ?? unitId;
}

/** Whether the actor can only propose it: at a root everybody, for it takes another of its managers. */
export const onlyProposes = (actor: Actor, unitId: string, decider: string): boolean =>
	decider === unitId || !holds(actor, decider, 'manager');
