import { eq } from 'drizzle-orm';
import { stateAfter, type RatingMove } from '../../ratings/moves.ts';
import { ratingDecision } from '../../ratings/schema.ts';
import { COUNT_REASONS, SET_ASIDE_REASONS, type RatingState } from '../../ratings/vocabulary.ts';
import { isUuid } from '../../text/uuid.ts';
import { checked } from '../checked.ts';
import { transaction, type Tx } from '../db/index.ts';
import { ratings } from '../db/schema/ratings.ts';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import { holds, type Actor } from '../people/actor.ts';
import { recordChange } from '../people/audit.ts';
import { countIn, countOut } from './rollup.ts';

const PAST: Record<RatingMove, string> = {
	void: 'rating.voided',
	restore: 'rating.restored',
	hold: 'rating.held',
	keep: 'rating.kept'
};

/**
 * Takes a rating out of the figures (`void`, `hold`) or lets it count (`restore`, `keep`), with a reason from the closed
 * list and an entry in the log of changes. The daily counts follow in the same transaction; void and restore are each
 * other's exact inverse. Nobody decides about a rating of their own person: it is not there for them.
 *
 * @throws NotFound on a rating of a unit the actor does not manage, Invalid on a reason that is not in the list, Conflict
 * `invalid-move` where the present state does not admit the move
 */
export async function decideRating(actor: Actor, id: string, raw: unknown): Promise<{ state: RatingState }> {
	const { move, reason } = checked(ratingDecision, raw);
	const reasons: readonly string[] = move === 'void' || move === 'hold' ? SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw new Invalid([{ path: 'reason', code: 'rating_reason' }]);
	return transaction(async (tx) => {
		const rating = await lockedRating(tx, actor, id);
		const state = stateAfter(move, rating.state);
		if (!state) throw new Conflict('invalid-move', { status: rating.state });
		await tx
			.update(ratings)
			.set({ state, stateReason: reason, stateBy: actor.accountId })
			.where(eq(ratings.id, rating.id));
		if (rating.state === 'counted') await countOut(tx, rating);
		if (state === 'counted') await countIn(tx, rating);
		await recordChange(tx, actor, {
			unitId: rating.unitId,
			action: PAST[move],
			subject: rating.id,
			reason,
			before: { state: rating.state },
			after: { state }
		});
		return { state };
	});
}

/** Locked until the end of the transaction: of two decisions at once, the second sees what the first made of it. */
async function lockedRating(tx: Tx, actor: Actor, id: string) {
	if (!isUuid(id)) throw new NotFound(id);
	const [rating] = await tx.select().from(ratings).where(eq(ratings.id, id)).for('update');
	const own = rating?.officerId !== null && rating?.officerId === actor.officerId;
	if (!rating || own || !holds(actor, rating.unitId, 'manager')) throw new NotFound(id);
	return rating;
}
