import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { isGuarded, stateAfter, type Outcome, type RatingMove } from '#lib/ratings/moves.ts';
import type { CountReason, RatingState, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { ratingContests, ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { mayBeReleased } from './own/batches.ts';
import { countIn, countOut } from './figures/sums.ts';

type StoredRating = typeof ratings.$inferSelect;
type Reason = SetAsideReason | CountReason;

/** The units above those of a query, which joins them by their id: `eq(parents.id, units.parentId)`. */
export const parents = alias(units, 'parents');

/** The unit whose managers decide whether a 1 or a 2 is taken out: its parent, or a root itself (docs/decisions/0007). */
export const DECIDER = {
	id: sql<string>`coalesce(${parents.id}, ${units.id})`,
	name: sql<string>`coalesce(${parents.name}, ${units.name})`
};

/** Whether the actor can only propose to take it out: at a root everybody, because another of its managers must agree. */
export const onlyProposes = (actor: Actor, unitId: string, decider: string): boolean =>
	decider === unitId || !holds(actor, decider, 'manager');

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
 * Locks a rating until the end of the transaction, so that of two decisions at once the second sees the first.
 * @throws NotFound if the actor does not manage its unit or it is about the actor's own person
 */
export async function lockedRating(tx: Tx, actor: Actor, id: string): Promise<StoredRating> {
	const [rating] = await tx.select().from(ratings).where(isId(ratings.id, id)).for('update');
	const own = rating?.officerId !== null && rating?.officerId === actor.officerId;
	if (!rating || own || !holds(actor, rating.unitId, 'manager')) throw new NotFound(id);
	return rating;
}

/**
 * Makes a move, or proposes it where the parent unit decides (docs/decisions/0007). Keeping or restoring ends a proposal.
 *
 * @throws Conflict `invalid-move` if the state does not allow it or a proposal is pending
 */
export async function moveOrPropose(
	tx: Tx,
	actor: Actor,
	rating: StoredRating,
	{ move, reason }: { move: RatingMove; reason: Reason }
): Promise<Decided> {
	if (!stateAfter(move, rating.state)) throw new Conflict('invalid-move', { status: rating.state });
	const waiting = and(eq(ratingDecisions.ratingId, rating.id), eq(ratingDecisions.state, 'pending'));
	const [pending] = await tx.select({ id: ratingDecisions.id }).from(ratingDecisions).where(waiting);
	const guarded = isGuarded(move, rating.score);
	if (pending && guarded) throw new Conflict('invalid-move', { status: rating.state, reason: 'rating_proposed' });
	if (pending) await withdraw(tx, actor, pending.id, rating.id);
	const by = { ratingId: rating.id, move, reason, proposedAt: now(), proposedBy: actor.accountId ?? '' };
	if (guarded) {
		const [unit] = await tx.select({ parentId: units.parentId }).from(units).where(eq(units.id, rating.unitId));
		const decider = unit?.parentId ?? rating.unitId;
		if (onlyProposes(actor, rating.unitId, decider)) {
			if (actor.accountId === null) throw new NotAllowed('manager');
			await tx.insert(ratingDecisions).values({ ...by, unitId: decider, state: 'pending' });
			const change = { unitId: rating.unitId, action: 'rating.proposed', subject: rating.id, reason };
			await recordChange(tx, actor, { ...change, after: { move } });
			return { state: rating.state, outcome: 'proposed' };
		}
	}
	if (actor.accountId !== null) {
		const done = { state: 'done' as const, decidedBy: actor.accountId, decidedAt: by.proposedAt };
		await tx.insert(ratingDecisions).values({ ...by, ...done, unitId: rating.unitId });
	}
	const state = await applyMove(tx, actor, rating, move, reason);
	return { state, outcome: figuresMove(rating.state, state) ? 'figures' : pending ? 'withdrawn' : 'noted' };
}

/** Whether a change of state changes the figures. */
export const figuresMove = (was: RatingState, is: RatingState): boolean => (was === 'counted') !== (is === 'counted');

/** Changes the state, the sums with it and the log, in the caller's transaction. */
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
		action: PAST[move],
		subject: rating.id,
		reason,
		before: { state: rating.state },
		after: { state }
	});
	return state;
}

/** Withdraws a proposal that another decision made pointless; an objection that depended on it is open again. */
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
