import { eq, isNull, ne, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { db } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/**
 * Leaves out what was given to the actor's own person, or the visits served by it. A manager who is rated too would
 * otherwise learn single ratings from the figures: those of the unit less those of the colleagues, or of two periods that
 * are a day apart. Whatever is asked this way is the same whether or not such ratings are there; the own figures are in
 * `ownRatings`.
 */
export function notOfOwn(actor: Pick<Actor, 'officerId'>, table: { officerId: PgColumn }): SQL | undefined {
	return actor.officerId === null ? undefined : or(isNull(table.officerId), ne(table.officerId, actor.officerId));
}

/** Whether the actor is an officer of one of these units, so that a page can say what it leaves out. */
export async function worksIn(actor: Actor, unitIds: readonly string[]): Promise<boolean> {
	if (actor.officerId === null) return false;
	const [own] = await db().select({ unitId: officers.unitId }).from(officers).where(eq(officers.id, actor.officerId));
	return own !== undefined && unitIds.includes(own.unitId);
}
