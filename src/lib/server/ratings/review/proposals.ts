import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { Outcome, RatingMove } from '#lib/ratings/moves.ts';
import { proposalVerdict } from '#lib/ratings/schema.ts';
import type { Score, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { ratingContests, ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { applyMove, figuresMove, lockedRating } from '../moves.ts';
import { notOfOwn } from '../own-left-out.ts';

const deciders = alias(units, 'deciders');

/** Shown at once; when these are decided, the next ones follow. */
const SHOWN = 50;

export interface Proposal {
	id: string;
	move: RatingMove;
	reason: SetAsideReason;
	proposedBy: string;
	rating: { score: Score; day: LocalDate; comment: string | null };
	officer: string | null;
	unit: string;
	/** The unit whose managers decide; not who proposed it. */
	decider: string;
	/** The officer waits for an answer. */
	contested: boolean;
	/** Whether the actor decides; else it waits for others. */
	mine: boolean;
}

/**
 * What was proposed for ratings of units the actor manages and is not decided: first what the actor decides, then what waits
 * for others, the oldest first. Those of the own person are not there.
 */
export async function openProposals(actor: Actor): Promise<{ items: Proposal[]; more: boolean }> {
	if (actor.units.manager.length === 0) return { items: [], more: false };
	const managed = [...actor.units.manager];
	const mine =
		actor.accountId === null
			? sql<boolean>`false`
			: sql<boolean>`(${ne(ratingDecisions.proposedBy, actor.accountId)} and ${inArray(ratingDecisions.unitId, managed)})`;
	const rows = await db()
		.select({
			id: ratingDecisions.id,
			move: ratingDecisions.move,
			reason: ratingDecisions.reason,
			proposedBy: accounts.name,
			decider: deciders.name,
			rating: { score: ratings.score, day: ratings.day, comment: ratings.comment },
			officer: officers.name,
			unit: units.name,
			contest: ratingContests.id,
			mine
		})
		.from(ratingDecisions)
		.innerJoin(ratings, eq(ratings.id, ratingDecisions.ratingId))
		.innerJoin(units, eq(units.id, ratings.unitId))
		.innerJoin(deciders, eq(deciders.id, ratingDecisions.unitId))
		.innerJoin(accounts, eq(accounts.id, ratingDecisions.proposedBy))
		.leftJoin(officers, eq(officers.id, ratings.officerId))
		.leftJoin(ratingContests, and(eq(ratingContests.ratingId, ratings.id), eq(ratingContests.state, 'pending')))
		.where(and(eq(ratingDecisions.state, 'pending'), inArray(ratings.unitId, managed), notOfOwn(actor, ratings)))
		.orderBy(desc(mine), asc(ratingDecisions.proposedAt), asc(ratingDecisions.id))
		.limit(SHOWN + 1);
	const items = rows.slice(0, SHOWN).map(({ contest, ...row }) => ({
		...(row as Omit<Proposal, 'contested'>),
		contested: contest !== null
	}));
	return { items, more: rows.length > SHOWN };
}

/**
 * Approves a proposal, which makes the move, or refuses it, which leaves the rating as it is. Where a contest of the
 * officer hangs on it, that is decided with it; a refusal then needs an answer for the officer.
 *
 * @throws NotFound, NotAllowed to whoever proposed it or does not manage the deciding unit, Invalid without the answer
 */
export async function decideProposal(actor: Actor, id: string, raw: unknown): Promise<{ outcome: Outcome }> {
	const { verdict, answer } = checked(proposalVerdict, raw);
	return transaction(async (tx) => {
		const proposal = await pendingProposal(tx, id);
		const rating = await lockedRating(tx, actor, proposal.ratingId);
		// Decided by somebody faster, while this one waited for the lock.
		await pendingProposal(tx, id);
		if (!holds(actor, proposal.unitId, 'manager')) throw new NotAllowed('manager');
		if (actor.accountId === null || proposal.proposedBy === actor.accountId) throw new NotAllowed('own_proposal');
		const approved = verdict === 'approved';
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
			const state = await applyMove(tx, actor, rating, proposal.move as RatingMove, proposal.reason);
			return { outcome: figuresMove(rating.state, state) ? 'figures' : 'noted' };
		}
		const change = { unitId: rating.unitId, action: 'rating.proposal_refused', subject: rating.id };
		await recordChange(tx, actor, { ...change, reason: proposal.reason });
		return { outcome: 'noted' };
	});
}

async function pendingProposal(tx: Tx, id: string) {
	const [proposal] = isUuid(id)
		? await tx
				.select()
				.from(ratingDecisions)
				.where(and(eq(ratingDecisions.id, id), eq(ratingDecisions.state, 'pending')))
		: [];
	if (!proposal) throw new NotFound(id);
	return proposal;
}

async function settleContest(
	tx: Tx,
	ratingId: string,
	outcome: { decidedBy: string; decidedAt: Date; state: string; answer?: string | undefined }
): Promise<void> {
	const open = and(eq(ratingContests.ratingId, ratingId), eq(ratingContests.state, 'pending'));
	const [contest] = await tx.select({ answer: ratingContests.answer }).from(ratingContests).where(open);
	// Without an answer nobody has decided it yet: the proposal came another way.
	if (!contest?.answer) return;
	if (outcome.state === 'declined' && !outcome.answer) throw new Invalid([{ path: 'answer', code: 'contest_answer' }]);
	await tx.update(ratingContests).set(outcome).where(open);
}
