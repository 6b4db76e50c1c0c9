import { and, eq, inArray } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export type VisitRow = typeof visits.$inferSelect;

/** The units whose guest book is open to somebody: where they handle or supervise. */
export const bookUnits = (actor: Actor): string[] => [...new Set([...actor.units.handler, ...actor.units.supervisor])];

/** A visit of one of those units. @throws NotFound */
export async function visitForActor(actor: Actor, id: string): Promise<VisitRow> {
	const [row] = isUuid(id) ? await db().select().from(visits).where(theirs(actor, id)) : [];
	if (!row) throw new NotFound(`visit ${id}`);
	return row;
}

/** The same, locked until the transaction ends: of two people at once the second finds what the first has done. */
export async function lockVisit(tx: Tx, actor: Actor, id: string): Promise<VisitRow> {
	const [row] = isUuid(id) ? await tx.select().from(visits).where(theirs(actor, id)).for('update') : [];
	if (!row) throw new NotFound(`visit ${id}`);
	return row;
}

const theirs = (actor: Actor, id: string) => and(eq(visits.id, id), inArray(visits.unitId, bookUnits(actor)));

/** What names a visit on screens and in the log, where no person may be named. */
export const visitNumber = (id: string): string => id.slice(0, 8).toUpperCase();
