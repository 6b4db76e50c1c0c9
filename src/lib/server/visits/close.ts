import { eq } from 'drizzle-orm';
import { visitState } from '../../visits/vocabulary.ts';
import { now } from '../clock.ts';
import { transaction } from '../db/index.ts';
import { visits } from '../db/schema/visits.ts';
import { Conflict } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
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
