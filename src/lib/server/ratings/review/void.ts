import { ratingDecision } from '#lib/ratings/schema.ts';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockedRating, moveOrPropose, type Decided } from '../moves.ts';

/**
 * Excludes a rating from the figures (`void`, `hold`) or lets it count (`restore`, `keep`), with a reason from the list and an
 * audit entry. The same transaction updates the sums; void and restore are exact inverses. Only managers of the parent unit may
 * exclude a 1 or a 2; from others it is a proposal, and the rating does not change. Ratings of the actor do not exist for the
 * actor.
 *
 * @throws NotFound for a rating of a unit the actor does not manage · Invalid for an unknown reason · Conflict `invalid-move` if
 * the present state does not allow the move
 */
export async function decideRating(actor: Actor, id: string, raw: unknown): Promise<Decided> {
	const { move, reason } = checked(ratingDecision, raw);
	const reasons: readonly string[] = move === 'void' || move === 'hold' ? SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw new Invalid([{ path: 'reason', code: 'rating_reason' }]);
	return transaction(async (tx) => moveOrPropose(tx, actor, await lockedRating(tx, actor, id), { move, reason }));
}
