import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { Outcome } from '#lib/ratings/moves.ts';
import { contestVerdict } from '#lib/ratings/schema.ts';
import type { RatingState, Score } from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { ratingContests, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { DECIDER, onlyProposes, parents } from '../decider.ts';
import { lockedRating, moveOrPropose } from '../moves.ts';
import { notOfOwn } from '../own-left-out.ts';

/** Shown at once; when these are decided, the next ones follow. */
const SHOWN = 50;

export interface OpenContest {
	id: string;
	words: string;
	rating: { score: Score; day: LocalDate; comment: string | null; state: RatingState };
	officer: string;
	unit: string;
	/** The unit whose managers have to agree before a 1 or a 2 does not count, and whether the actor can only propose it. */
	decider: string;
	proposes: boolean;
}

/** Contests that no manager has decided, oldest first. Those of the actor's own are not there. */
export async function openContests(actor: Actor): Promise<{ items: OpenContest[]; more: boolean }> {
	if (actor.units.manager.length === 0) return { items: [], more: false };
	const rows = await db()
		.select({
			id: ratingContests.id,
			words: ratingContests.words,
			rating: { score: ratings.score, day: ratings.day, comment: ratings.comment, state: ratings.state },
			officer: officers.name,
			unit: units.name,
			unitId: units.id,
			decider: DECIDER
		})
		.from(ratingContests)
		.innerJoin(ratings, eq(ratings.id, ratingContests.ratingId))
		.innerJoin(officers, eq(officers.id, ratingContests.officerId))
		.innerJoin(units, eq(units.id, ratings.unitId))
		.leftJoin(parents, eq(parents.id, units.parentId))
		.where(
			and(
				eq(ratingContests.state, 'pending'),
				isNull(ratingContests.answer),
				inArray(ratings.unitId, [...actor.units.manager]),
				notOfOwn(actor, ratings)
			)
		)
		.orderBy(asc(ratingContests.contestedAt))
		.limit(SHOWN + 1);
	const items = rows.slice(0, SHOWN).map(({ unitId, decider, ...row }) => ({
		...(row as Omit<OpenContest, 'decider' | 'proposes'>),
		decider: decider.name,
		proposes: onlyProposes(actor, unitId, decider.id)
	}));
	return { items, more: rows.length > SHOWN };
}

/**
 * Upholds a contest, which takes the rating out of the figures with a reason (a 1 or a 2 only once the parent unit agrees:
 * until then the officer sees it as open), or declines it. The officer reads the answer, and neither who gave it nor when.
 *
 * @throws NotFound, Invalid without an answer or reason, Conflict where a proposal waits already
 */
export async function decideContest(actor: Actor, id: string, raw: unknown): Promise<{ outcome: Outcome }> {
	const { verdict, reason, answer } = checked(contestVerdict, raw);
	if (verdict === 'upheld' && !reason) throw new Invalid([{ path: 'reason', code: 'rating_reason' }]);
	if (actor.accountId === null) throw new NotAllowed('manager');
	return transaction(async (tx) => {
		const { ratingId } = await undecided(tx, id);
		const rating = await lockedRating(tx, actor, ratingId);
		await undecided(tx, id);
		const out = reason !== undefined && verdict === 'upheld' && rating.state !== 'voided';
		const outcome = out ? (await moveOrPropose(tx, actor, rating, { move: 'void', reason })).outcome : 'noted';
		await tx
			.update(ratingContests)
			.set(
				outcome === 'proposed' ? { answer } : { answer, state: verdict, decidedBy: actor.accountId, decidedAt: now() }
			)
			.where(eq(ratingContests.id, id));
		const change = { unitId: rating.unitId, action: 'rating.contest_decided', subject: rating.id };
		await recordChange(tx, actor, { ...change, after: { verdict } });
		return { outcome };
	});
}

async function undecided(tx: Tx, id: string): Promise<{ ratingId: string }> {
	const [contest] = isUuid(id)
		? await tx
				.select({ ratingId: ratingContests.ratingId })
				.from(ratingContests)
				.where(and(eq(ratingContests.id, id), eq(ratingContests.state, 'pending'), isNull(ratingContests.answer)))
		: [];
	if (!contest) throw new NotFound(id);
	return contest;
}
