import type { AuditAction } from '#lib/words/audit.ts';
import { and, eq } from 'drizzle-orm';
import { isGuarded, stateAfter, type Outcome, type RatingMove } from '#lib/ratings/moves.ts';
import type { CountReason, RatingState, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { ratingContests, ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { accountIdOf, holds, recordIdsOf, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { referenceData, type ReferenceData } from '#lib/server/reference/reference.ts';
import { mayBeReleased } from './own/batches.ts';
import { countIn, countOut } from './figures/sums.ts';

type StoredRating = typeof ratings.$inferSelect;
type Reason = SetAsideReason | CountReason;

/**
 * The unit whose managers decide whether a score of 1 or 2 of that unit is excluded: the parent unit, or a root unit
 * itself (docs/decisions/0007).
 */
export function deciderOf({ unitById }: ReferenceData, unitId: string): string {
	return unitById.get(unitId)?.parentId ?? unitId;
}

/** Whether the actor can only propose to exclude a low score. At a root everybody needs a second manager. */
export const mayOnlyPropose = (actor: Actor, unitId: string, decider: string): boolean =>
	decider === unitId || !holds(actor, decider, 'manager');

export interface Decided {
	state: RatingState;
	outcome: Outcome;
}

const LOG_ACTION: Record<RatingMove, AuditAction> = {
	void: 'rating.voided',
	restore: 'rating.restored',
	keep: 'rating.kept'
};

/**
 * Locks a rating until the end of the transaction, so that the second of two concurrent decisions sees the first.
 * @throws NotFound if the actor does not manage the rating's unit, or is the rated officer
 */
export async function lockedRating(tx: Tx, actor: Actor, id: string): Promise<StoredRating> {
	const [rating] = await tx.select().from(ratings).where(isId(ratings.id, id)).for('update');
	const own = await recordIdsOf(actor.officerId);
	if (!rating || own.includes(rating.officerId ?? '') || !holds(actor, rating.unitId, 'manager'))
		throw new NotFound(id);
	return rating;
}

/**
 * Applies a move, or proposes it where the parent unit must decide (docs/decisions/0007). Any unguarded move, such as
 * keeping or restoring, closes a pending proposal.
 * @throws Conflict `invalid-move` if the rating's state does not allow the move, or if a proposal is pending and the
 * move needs one
 * @throws NotAllowed for the operator's token, which belongs to no person
 */
export async function moveOrPropose(
	tx: Tx,
	actor: Actor,
	rating: StoredRating,
	{ move, reason }: { move: RatingMove; reason: Reason }
): Promise<Decided> {
	const accountId = accountIdOf(actor);
	if (!stateAfter(move, rating.state)) throw new Conflict('invalid-move', { status: rating.state });
	const isPending = and(eq(ratingDecisions.ratingId, rating.id), eq(ratingDecisions.state, 'pending'));
	const [pending] = await tx.select({ id: ratingDecisions.id }).from(ratingDecisions).where(isPending);
	const guarded = isGuarded(move, rating.score);
	if (pending && guarded) throw new Conflict('invalid-move', { status: rating.state, reason: 'rating_proposed' });
	if (pending) await withdraw(tx, actor, pending.id, rating.id);
	const decision = { ratingId: rating.id, move, reason, proposedAt: now(), proposedBy: accountId };
	if (guarded) {
		const decider = deciderOf(await referenceData(), rating.unitId);
		if (mayOnlyPropose(actor, rating.unitId, decider)) {
			await tx.insert(ratingDecisions).values({ ...decision, unitId: decider, state: 'pending' });
			const change = { unitId: rating.unitId, action: 'rating.proposed' as const, subject: rating.id, reason };
			await recordChange(tx, actor, { ...change, after: { move } });
			return { state: rating.state, outcome: 'proposed' };
		}
	}
	const done = { state: 'done' as const, decidedBy: accountId, decidedAt: decision.proposedAt };
	await tx.insert(ratingDecisions).values({ ...decision, ...done, unitId: rating.unitId });
	const state = await applyMove(tx, actor, rating, move, reason);
	return { state, outcome: changesFigures(rating.state, state) ? 'figures' : pending ? 'withdrawn' : 'noted' };
}

/** Whether a change between these two states changes the figures. */
export const changesFigures = (was: RatingState, is: RatingState): boolean =>
	(was === 'counted') !== (is === 'counted');

/** Changes the state, updates the sums and writes the log entry, all in the caller's transaction. */
export async function applyMove(
	tx: Tx,
	actor: Actor,
	rating: StoredRating,
	move: RatingMove,
	reason: Reason
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
		action: LOG_ACTION[move],
		subject: rating.id,
		reason,
		before: { state: rating.state },
		after: { state }
	});
	return state;
}

/** Closes a proposal that another decision replaced. An objection that depended on it is open again. */
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
