import { eq } from 'drizzle-orm';
import { stateAfter, type RatingMove } from '#lib/ratings/moves.ts';
import { COUNT_REASONS, type RatingState } from '#lib/ratings/vocabulary.ts';
import { skmDecision } from '#lib/skm/schema.ts';
import { SKM_SET_ASIDE_REASONS } from '#lib/skm/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { lockSkmOffice } from './office.ts';

const PAST: Record<RatingMove, string> = {
	void: 'skm.voided',
	restore: 'skm.restored',
	hold: 'skm.held',
	keep: 'skm.kept'
};

/**
 * Takes a form out of the figures (`void`, `hold`) or lets it count (`restore`, `keep`), with a reason from the closed list
 * and an entry in the log of changes that tells nothing of what was answered. What was published stays as it was.
 *
 * @throws NotFound on a form of a unit the actor does not manage, Invalid on a reason that is not in the list, Conflict
 * `invalid-move` where the present state does not admit the move
 */
export async function decideSkm(actor: Actor, id: string, raw: unknown): Promise<{ state: RatingState }> {
	const { move, reason } = checked(skmDecision, raw);
	const reasons: readonly string[] = move === 'void' || move === 'hold' ? SKM_SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw new Invalid([{ path: 'reason', code: 'rating_reason' }]);
	return transaction(async (tx) => {
		const response = await lockedResponse(tx, actor, id);
		const present = response.state as RatingState;
		const state = stateAfter(move, present);
		// Forms carry no marks: keeping one that counts would say nothing.
		if (!state || state === present) throw new Conflict('invalid-move', { status: present });
		await tx
			.update(skmResponses)
			.set({ state, stateReason: reason, stateBy: actor.accountId })
			.where(eq(skmResponses.id, response.id));
		await recordChange(tx, actor, {
			unitId: response.unitId,
			action: PAST[move],
			subject: response.id,
			reason,
			before: { state: present },
			after: { state }
		});
		return { state };
	});
}

/** Locked until the end of the transaction, behind the office: no publication counts while a decision is made. */
async function lockedResponse(tx: Tx, actor: Actor, id: string) {
	const found = isUuid(id)
		? await tx.select({ unitId: skmResponses.unitId }).from(skmResponses).where(eq(skmResponses.id, id))
		: [];
	const unitId = found[0]?.unitId;
	if (!unitId || !holds(actor, unitId, 'manager')) throw new NotFound(id);
	await lockSkmOffice(tx, unitId);
	const [response] = await tx
		.select({ id: skmResponses.id, unitId: skmResponses.unitId, state: skmResponses.state })
		.from(skmResponses)
		.where(eq(skmResponses.id, id))
		.for('update');
	if (!response) throw new NotFound(id);
	return response;
}
