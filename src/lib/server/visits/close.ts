import { eq } from 'drizzle-orm';
import { visitState } from '#lib/visits/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockVisit } from './find.ts';

/**
 * Ends a service: from here on the visit's link is shown.
 *
 * @throws NotFound · Conflict if it hasn't begun or has ended
 */
export async function closeVisit(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		const state = visitState(visit);
		if (state !== 'begun') throw new Conflict('invalid-move', { status: state, reason: `visit_${state}` });
		await tx.update(visits).set({ closedAt: now() }).where(eq(visits.id, visit.id));
	});
}
