import { and, asc, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Outcome } from '#lib/ratings/moves.ts';
import { contestVerdict, proposalVerdict, ratingDecision } from '#lib/ratings/schema.ts';
import type { CommentFlag } from '#lib/ratings/screen-comment.ts';
import { COUNT_REASONS, SET_ASIDE_REASONS } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { ratingContests, ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { NotAllowed, invalid } from '#lib/server/errors.ts';
import { requireIndependent } from '#lib/server/people/access/independent-accounts.ts';
import { accountIdOf, holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { exceptReader } from '../access.ts';
import { applyMove, changesFigures, lockedRating, moveOrPropose, type Decided } from '../moves.ts';
import { unitAndDecider } from './list.ts';

/**
 * Excludes a rating from the figures (`void`) or lets it count (`restore`, `keep`), with a reason from the list and a log
 * entry. The same transaction updates the sums; void and restore are exact inverses.
 * Only managers of the parent unit may exclude a 1 or a 2. For other managers this becomes a proposal, and the rating
 * does not change.
 * @throws NotFound for a rating of a unit the actor does not manage, and for a rating of the actor
 * @throws Invalid for an unknown reason
 * @throws Conflict `invalid-move` if the present state does not allow the move
 */
export async function decideRating(actor: Actor, id: string, raw: unknown): Promise<Decided> {
	const { move, reason } = checked(ratingDecision, raw);
	const reasons: readonly string[] = move === 'void' ? SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw invalid('reason', 'rating_reason');
	return transaction(async (tx) => moveOrPropose(tx, actor, await lockedRating(tx, actor, id), { move, reason }));
}

/**
 * Shows a flagged comment to the officer, or hides it again. The log contains the flags, never the comment.
 * @throws NotFound as `lockedRating` does
 */
export async function showComment(actor: Actor, id: string, shown: boolean): Promise<void> {
	await transaction(async (tx) => {
		const rating = await lockedRating(tx, actor, id);
		const flags: CommentFlag[] = shown ? [] : ['manager'];
		await tx.update(ratings).set({ commentFlags: flags }).where(eq(ratings.id, rating.id));
		await recordChange(tx, actor, {
			unitId: rating.unitId,
			action: shown ? 'rating.comment_shown' : 'rating.comment_hidden',
			subject: rating.id,
			before: { flags: rating.commentFlags },
			after: { flags }
		});
	});
}

/** Maximum number of items shown. Further items appear as these are decided. */
const SHOWN = 50;

export type Proposal = Awaited<ReturnType<typeof openProposals>>['items'][number];

/**
 * Lists pending proposals about ratings of units the actor manages, except about ratings of the actor. Proposals the
 * actor can decide come first, then those others must decide, each oldest first.
 */
export async function openProposals(actor: Actor) {
	const managed = [...actor.units.manager];
	const others = actor.accountId === null ? sql`false` : ne(ratingDecisions.proposedBy, actor.accountId);
	const mine = sql<boolean>`(${others} and ${inArray(ratingDecisions.unitId, managed)})`;
	const rows = await db()
		.select({
			id: ratingDecisions.id,
			move: ratingDecisions.move,
			reason: ratingDecisions.reason,
			proposedBy: accounts.name,
			deciderId: ratingDecisions.unitId,
			rating: { score: ratings.score, day: ratings.day, comment: ratings.comment },
			officerId: ratings.officerId,
			unitId: ratings.unitId,
			contest: ratingContests.id,
			/** Whether the actor can decide this proposal. */
			mine
		})
		.from(ratingDecisions)
		.innerJoin(ratings, eq(ratings.id, ratingDecisions.ratingId))
		.innerJoin(accounts, eq(accounts.id, ratingDecisions.proposedBy))
		.leftJoin(ratingContests, and(eq(ratingContests.ratingId, ratings.id), eq(ratingContests.state, 'pending')))
		.where(and(eq(ratingDecisions.state, 'pending'), inArray(ratings.unitId, managed), exceptReader(actor, ratings)))
		.orderBy(desc(mine), asc(ratingDecisions.proposedAt), asc(ratingDecisions.id))
		.limit(SHOWN + 1);
	const { officerById, unitById } = await referenceData();
	const items = rows.slice(0, SHOWN).map(({ contest, deciderId, officerId, unitId, ...row }) => ({
		...row,
		/** The unit whose managers decide. The manager who proposed may not. */
		decider: unitById.get(deciderId)?.name ?? '',
		officer: officerById.get(officerId ?? '')?.name ?? null,
		unit: unitById.get(unitId)?.name ?? '',
		/** The officer has a pending objection to this rating. */
		contested: contest !== null
	}));
	return { items, more: rows.length > SHOWN };
}

/**
 * Approves a proposal and applies its move, or refuses it and leaves the rating unchanged. An objection that depends on
 * the proposal is decided with it; a refusal then needs an answer for the officer.
 * @throws NotFound if the proposal is not pending
 * @throws NotAllowed for the proposer, for actors who do not manage the deciding unit, and at a root for an approval from
 * an account that may be the proposer's (`requireIndependent`)
 * @throws Invalid without the required answer
 */
export async function decideProposal(actor: Actor, id: string, raw: unknown): Promise<{ outcome: Outcome }> {
	const { verdict, answer } = checked(proposalVerdict, raw);
	return transaction(async (tx) => {
		const proposal = await pendingProposal(tx, id);
		const rating = await lockedRating(tx, actor, proposal.ratingId);
		// Another manager may have decided it while this request waited for the lock.
		await pendingProposal(tx, id);
		if (!holds(actor, proposal.unitId, 'manager')) throw new NotAllowed('manager');
		if (actor.accountId === null || proposal.proposedBy === actor.accountId) throw new NotAllowed('own_proposal');
		const approved = verdict === 'approved';
		// Elsewhere the managers of the deciding unit need no second person.
		if (approved && proposal.unitId === rating.unitId) {
			const needed = { role: 'manager' as const, unitId: proposal.unitId };
			await requireIndependent(tx, [proposal.proposedBy, actor.accountId], needed);
		}
		const decided = { decidedBy: actor.accountId, decidedAt: now() };
		await tx
			.update(ratingDecisions)
			.set({ ...decided, state: approved ? 'done' : 'refused' })
			.where(eq(ratingDecisions.id, id));
		await settleContest(tx, rating.id, {
			...decided,
			...(approved ? { state: 'upheld' } : { state: 'declined', answer })
		});
		if (approved) {
			const state = await applyMove(tx, actor, rating, proposal.move, proposal.reason);
			return { outcome: changesFigures(rating.state, state) ? 'figures' : 'noted' };
		}
		const change = { unitId: rating.unitId, action: 'rating.proposal_refused' as const, subject: rating.id };
		await recordChange(tx, actor, { ...change, reason: proposal.reason });
		return { outcome: 'noted' };
	});
}

async function pendingProposal(tx: Tx, id: string) {
	return tx
		.select()
		.from(ratingDecisions)
		.where(and(isId(ratingDecisions.id, id), eq(ratingDecisions.state, 'pending')))
		.then(oneRow);
}

async function settleContest(
	tx: Tx,
	ratingId: string,
	outcome: { decidedBy: string; decidedAt: Date; state: 'upheld' | 'declined'; answer?: string | undefined }
): Promise<void> {
	const open = and(eq(ratingContests.ratingId, ratingId), eq(ratingContests.state, 'pending'));
	const [contest] = await tx.select({ answer: ratingContests.answer }).from(ratingContests).where(open);
	// Without an answer no manager has decided the objection; the proposal did not come from it.
	if (!contest?.answer) return;
	if (outcome.state === 'declined' && !outcome.answer) throw invalid('answer', 'contest_answer');
	await tx.update(ratingContests).set(outcome).where(open);
}

export type OpenContest = Awaited<ReturnType<typeof openContests>>['items'][number];

/** Objections that no manager has decided, oldest first, except those about ratings of the actor. */
export async function openContests(actor: Actor) {
	const rows = await db()
		.select({
			id: ratingContests.id,
			words: ratingContests.words,
			rating: { score: ratings.score, day: ratings.day, comment: ratings.comment, state: ratings.state },
			officerId: ratingContests.officerId,
			unitId: ratings.unitId
		})
		.from(ratingContests)
		.innerJoin(ratings, eq(ratings.id, ratingContests.ratingId))
		.where(
			and(
				eq(ratingContests.state, 'pending'),
				isNull(ratingContests.answer),
				inArray(ratings.unitId, [...actor.units.manager]),
				exceptReader(actor, ratings)
			)
		)
		.orderBy(asc(ratingContests.contestedAt))
		.limit(SHOWN + 1);
	const known = await referenceData();
	const items = rows.slice(0, SHOWN).map(({ unitId, officerId, ...row }) => ({
		...row,
		officer: known.officerById.get(officerId)?.name ?? '',
		...unitAndDecider(known, actor, unitId)
	}));
	return { items, more: rows.length > SHOWN };
}

/**
 * Upholds an objection, which excludes the rating from the figures with a reason, or declines it. A 1 or a 2 is
 * excluded only after the parent unit agrees; until then the officer sees the objection as pending. The officer reads
 * the answer, but not who wrote it or when.
 * @throws NotFound, Invalid without an answer or reason, Conflict if a proposal is pending
 */
export async function decideContest(actor: Actor, id: string, raw: unknown): Promise<{ outcome: Outcome }> {
	const { verdict, reason, answer } = checked(contestVerdict, raw);
	if (verdict === 'upheld' && !reason) throw invalid('reason', 'rating_reason');
	const decidedBy = accountIdOf(actor);
	return transaction(async (tx) => {
		const { ratingId } = await openContest(tx, id);
		const rating = await lockedRating(tx, actor, ratingId);
		await openContest(tx, id);
		const excludes = reason !== undefined && verdict === 'upheld' && rating.state !== 'voided';
		const outcome = excludes ? (await moveOrPropose(tx, actor, rating, { move: 'void', reason })).outcome : 'noted';
		await tx
			.update(ratingContests)
			.set(outcome === 'proposed' ? { answer } : { answer, state: verdict, decidedBy, decidedAt: now() })
			.where(eq(ratingContests.id, id));
		const change = { unitId: rating.unitId, action: 'rating.contest_decided' as const, subject: rating.id };
		await recordChange(tx, actor, { ...change, after: { verdict } });
		return { outcome };
	});
}

async function openContest(tx: Tx, id: string): Promise<{ ratingId: string }> {
	return tx
		.select({ ratingId: ratingContests.ratingId })
		.from(ratingContests)
		.where(and(isId(ratingContests.id, id), eq(ratingContests.state, 'pending'), isNull(ratingContests.answer)))
		.then(oneRow);
}
