import { eq } from 'drizzle-orm';
import { visitCorrection } from '#lib/visits/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireDeskOf, requireOfficerOf } from './entry.ts';
import { lockVisit } from './find.ts';
import { recordVisitChange } from './log.ts';
import { requireMayReassign } from './reassign.ts';

/**
 * Puts right what was written down wrongly, with a reason, in the log. Nothing is ever taken out of the guest book.
 *
 * @throws NotFound · NotAllowed if the officer is fixed (`officerFixed`)
 * @throws Invalid on an officer or desk of elsewhere, without a reason, and `visit_unchanged` where nothing differs
 */
export async function correctVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason, ...input } = checked(visitCorrection, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		const officer = await requireOfficerOf(tx, visit.unitId, sameOr(visit.officerId, input.officer));
		const desk = await requireDeskOf(tx, visit.unitId, sameOr(visit.placeId, input.place));
		const right = {
			service: input.service ?? null,
			officerId: officer?.id ?? input.officer ?? null,
			placeId: desk?.id ?? input.place ?? null,
			channel: input.channel,
			purpose: input.purpose ?? null
		};
		const differs = Object.entries(right).some(([name, value]) => visit[name as keyof typeof right] !== value);
		if (!differs) throw new Invalid([{ path: '', code: 'visit_unchanged' }]);
		if (right.officerId !== visit.officerId) requireMayReassign(actor, visit, right.officerId);
		await tx.update(visits).set(right).where(eq(visits.id, visit.id));
		await recordVisitChange(tx, actor, 'visit.corrected', visit, { ...visit, ...right }, reason);
	});
}

/** Who left or moved since stays named: only what is new has to be of this office today. */
const sameOr = (stands: string | null, given: string | undefined) => (given === stands ? undefined : given);
