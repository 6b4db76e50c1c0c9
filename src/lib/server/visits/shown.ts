import { and, desc, eq, gt, lte } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { visitToken } from './token.ts';

/** How long a desk shows the link of the visit that ended there, in minutes. */
export const SHOWN_MINUTES = 5;

export interface ShownVisit {
	visitId: string;
	token: string;
	closedAt: Date;
}

/**
 * The visit whose link a desk's screen shows: the last one closed there within five minutes. For exactly that long, used
 * or not: a link that vanished on use would tell the officer who has rated.
 */
export async function shownVisit(placeId: string, at: Date = now()): Promise<ShownVisit | null> {
	const since = new Date(at.getTime() - SHOWN_MINUTES * 60 * 1000);
	const [last] = await db()
		.select({ id: visits.id, closedAt: visits.closedAt })
		.from(visits)
		.where(and(eq(visits.placeId, placeId), gt(visits.closedAt, since), lte(visits.closedAt, at)))
		.orderBy(desc(visits.closedAt), desc(visits.id))
		.limit(1);
	return last?.closedAt ? { visitId: last.id, token: visitToken(last.id), closedAt: last.closedAt } : null;
}
