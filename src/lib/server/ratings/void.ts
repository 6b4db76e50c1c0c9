import { ratingDecision } from '../../ratings/schema.ts';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '../../ratings/vocabulary.ts';
import { checked } from '../checked.ts';
import { transaction } from '../db/index.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { lockedRating, moveOrPropose, type Decided } from './moves.ts';

/**
 * Takes a rating out of the figures (`void`, `hold`) or lets it count (`restore`, `keep`), with a reason from the closed
 * list and an entry in the log of changes. The sums follow in the same transaction; void and restore are each other's exact
 * inverse. To take out a 1 or a 2 is for the parent unit: from anybody else it is a proposal, and the rating stays as it
 * is. Nobody decides about a rating of their own person: it is not there for them.
 *
 * @throws NotFound on a rating of a unit the actor does not manage, Invalid on a reason that is not in the list, Conflict
 * `invalid-move` where the present state does not admit the move
 */
export async function decideRating(actor: Actor, id: string, raw: unknown): Promise<Decided> {
	const { move, reason } = checked(ratingDecision, raw);
	const reasons: readonly string[] = move === 'void' || move === 'hold' ? SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw new Invalid([{ path: 'reason', code: 'rating_reason' }]);
	return transaction(async (tx) => moveOrPropose(tx, actor, await lockedRating(tx, actor, id), { move, reason }));
}
