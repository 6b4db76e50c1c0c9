import { eq } from 'drizzle-orm';
import { visitBeginning } from '#lib/visits/schema.ts';
import { visitState } from '#lib/visits/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireDeskOf, requireOfficerOf } from './entry.ts';
import { lockVisit } from './find.ts';
import { recordVisitChange } from './log.ts';

/**
 * Begins to serve somebody who waits. From here on the officer is frozen into the visit; that another one begins than was
 * noted stands in the log.
 *
 * @throws NotFound · Conflict if it has begun already · Invalid if nobody is named who serves
 */
export async function beginVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(visitBeginning, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		const state = visitState(visit);
		if (state !== 'waiting') throw new Conflict('invalid-move', { status: state, reason: `visit_${state}` });
		const officerId = (await requireOfficerOf(tx, visit.unitId, input.officer))?.id ?? visit.officerId;
		if (officerId === null) throw new Invalid([{ path: 'officer', code: 'visit_officer' }]);
		const placeId = (await requireDeskOf(tx, visit.unitId, input.place))?.id ?? visit.placeId;
		const after = { ...visit, officerId, placeId, begunAt: now() };
		await tx.update(visits).set({ officerId, placeId, begunAt: after.begunAt }).where(eq(visits.id, id));
		if (visit.officerId !== null) await recordVisitChange(tx, actor, 'visit.officer_changed', visit, after);
	});
}
