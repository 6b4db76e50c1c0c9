import { and, eq } from 'drizzle-orm';
import { isGuarded, stateAfter, type Outcome, type RatingMove } from '#lib/ratings/moves.ts';
import type { RatingState } from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { ratingContests, ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { deciderOf, onlyProposes } from './decider.ts';
import { mayBeReleased } from './own/frozen.ts';
import { countIn, countOut } from './figures/rollup.ts';

export type StoredRating = typeof ratings.$inferSelect;

export interface Decided {
	state: RatingState;
	outcome: Outcome;
}

const PAST: Record<RatingMove, string> = {
	void: 'rating.voided',
	restore: 'rating.restored',
	hold: 'rating.held',
	keep: 'rating.kept'
};

/**
 * Locked until the end of the transaction: of two decisions at once, the second sees what the first made of it.
 *
 * @throws NotFound if the actor does not manage its unit or it is about the actor's own person
 */
export async function lockedRating(tx: Tx, actor: Actor, id: string): Promise<StoredRating> {
	if (!isUuid(id)) throw new NotFound(id);
	const [rating] = await tx.select().from(ratings).where(eq(ratings.id, id)).for('update');
	const own = rating?.officerId !== null && rating?.officerId === actor.officerId;
	if (!rating || own || !holds(actor, rating.unitId, 'manager')) throw new NotFound(id);
	return rating;
}

/**
 * Makes a move, or proposes it where the parent unit decides (docs/decisions/0007). Keeping or restoring ends a proposal.
 *
 * @throws Conflict `invalid-move` if the state does not admit it or a proposal waits already
 */
export async function moveOrPropose(
	tx: Tx,
	actor: Actor,
	rating: StoredRating,
	{ move, reason }: { move: RatingMove; reason: string }
): Promise<Decided> {
	if (!stateAfter(move, rating.state)) throw new Conflict('invalid-move', { status: rating.state });
	const waiting = and(eq(ratingDecisions.ratingId, rating.id), eq(ratingDecisions.state, 'pending'));
	const [pending] = await tx.select({ id: ratingDecisions.id }).from(ratingDecisions).where(waiting);
	const guarded = isGuarded(move, rating.score);
	if (pending && guarded) throw new Conflict('invalid-move', { status: rating.state, reason: 'rating_proposed' });
	if (pending) await withdraw(tx, actor, pending.id, rating.id);
	const by = { ratingId: rating.id, move, reason, proposedAt: now(), proposedBy: actor.accountId ?? '' };
	if (guarded) {
		const decider = await deciderOf(tx, rating.unitId);
		if (onlyProposes(actor, rating.unitId, decider)) {
			if (actor.accountId === null) throw new NotAllowed('manager');
			await tx.insert(ratingDecisions).values({ ...by, unitId: decider, state: 'pending' });
			const change = { unitId: rating.unitId, action: 'rating.proposed', subject: rating.id, reason };
			await recordChange(tx, actor, { ...change, after: { move } });
			return { state: rating.state, outcome: 'proposed' };
		}
	}
	if (actor.accountId !== null) {
		const done = { state: 'done', decidedBy: actor.accountId, decidedAt: by.proposedAt };
		await tx.insert(ratingDecisions).values({ ...by, ...done, unitId: rating.unitId });
	}
	const state = await applyMove(tx, actor, rating, move, reason);
	return { state, outcome: figuresMove(rating.state, state) ? 'figures' : pending ? 'withdrawn' : 'noted' };
}

/** Whether a rating that was in one state and is in another is counted now and was not, or the other way. */
export const figuresMove = (was: RatingState, is: RatingState): boolean => (was === 'counted') !== (is === 'counted');

/** Changes the state, the sums with it and the log, in the caller's transaction. */
export async function applyMove(
	tx: Tx,
	actor: Actor,
	rating: StoredRating,
	move: RatingMove,
	reason: string
): Promise<RatingState> {
	const state = stateAfter(move, rating.state);
	if (!state) throw new Conflict('invalid-move', { status: rating.state });
	await tx
		.update(ratings)
		.set({
			state,
			stateReason: reason,
			stateBy: actor.accountId,
			decidedLate: rating.decidedLate || mayBeReleased(rating.day)
		})
		.where(eq(ratings.id, rating.id));
	if (rating.state === 'counted' && state !== 'counted') await countOut(tx, rating);
	if (rating.state !== 'counted' && state === 'counted') await countIn(tx, rating);
	await recordChange(tx, actor, {
		unitId: rating.unitId,
		action: PAST[move],
		subject: rating.id,
		reason,
		before: { state: rating.state },
		after: { state }
	});
	return state;
}

/** A proposal that somebody else's decision made pointless; a contest that hung on it is open again. */
async function withdraw(tx: Tx, actor: Actor, id: string, ratingId: string): Promise<void> {
	await tx
		.update(ratingDecisions)
		.set({ state: 'refused', decidedBy: actor.accountId, decidedAt: now() })
		.where(eq(ratingDecisions.id, id));
	await tx
		.update(ratingContests)
		.set({ answer: null })
		.where(and(eq(ratingContests.ratingId, ratingId), eq(ratingContests.state, 'pending')));
}
