import { and, between, desc, eq, isNotNull, not, sql } from 'drizzle-orm';
import type { Batch } from '#lib/ratings/batches.ts';
import { plainMean } from '#lib/ratings/breakdown.ts';
import { contestInput } from '#lib/ratings/schema.ts';
import { posterior, ratingsIn, sumCounts } from '#lib/ratings/adjusted-score.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { ratingContests, ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { ratingMethod } from '../figures/method.ts';
import { releasedBatchesOf, KEPT_LONG, ratedPerson } from './batches.ts';
import { ownPrior, ownUnit } from './own-prior.ts';

/** Number of newest batches whose comments are shown by default, about one or two screens. */
const NEWEST_BATCHES = 6;

export type OwnRatings = NonNullable<Awaited<ReturnType<typeof ownRatings>>>;

/**
 * Returns an officer's own ratings without revealing who gave them; undefined if the account has no officer record.
 * Only whole batches are included. A batch has at least five ratings from at least three days, and is included once no
 * more ratings for these days can arrive. The result never contains a day, time, place, service, visit, or the score of a
 * comment. The figures are those at each batch's release, so a later decision about one rating does not change them.
 * @param all include comments of all batches, not only the newest ones; a busy counter has a hundred batches a year
 */
export async function ownRatings(actor: Actor, all = false) {
	const me = await ratedPerson(actor.officerId);
	if (!me) return undefined;
	const [released, unit, contests, { minimum, priorWeight }] = await Promise.all([
		releasedBatchesOf(me),
		ownUnit(me),
		ownContests(me.id),
		ratingMethod()
	]);
	const counts = sumCounts(released.map((batch) => batch.counts));
	const n = ratingsIn(counts);
	const prior = await ownPrior(me, unit);
	const { mean, low, high } = posterior(counts, { prior, weight: priorWeight });
	const comments = await shownComments(me.id, all ? released : released.slice(-NEWEST_BATCHES));
	return {
		officer: { name: me.name },
		unit: { name: me.unit, mean: plainMean(sumCounts(unit)) },
		n,
		distribution: counts,
		/** Null below the minimum number of ratings. */
		range: n >= minimum ? { mean, low, high } : null,
		minimum,
		/** Number of released batches. The page numbers them from 1, so this is also the number of the newest. */
		batches: released.length,
		/** Newest batch first, shuffled within each batch. A batch may have no comments. */
		comments: comments.map((batch) => batch.map(({ ratingId: _, ...comment }) => comment)),
		contests
	};
}

/**
 * Returns the comments the officer may read, newest batch first: comments of counted ratings without flags. Within a
 * batch they are sorted by a keyed hash of the rating's random id, so the order never changes and says nothing about
 * time.
 */
async function shownComments(officerId: string, batches: readonly Batch[]) {
	const [oldest, newest] = [batches[0], batches.at(-1)];
	if (!oldest || !newest) return [];
	const rows = await db()
		.select({ id: ratings.id, day: ratings.day, comment: ratings.comment, contest: ratingContests.id })
		.from(ratings)
		.leftJoin(ratingContests, eq(ratingContests.ratingId, ratings.id))
		.where(
			and(
				eq(ratings.officerId, officerId),
				eq(ratings.state, 'counted'),
				notInTrial(ratings.unitId),
				not(KEPT_LONG),
				isNotNull(ratings.comment),
				sql`${ratings.commentFlags} = '{}'`,
				between(ratings.day, oldest.first, newest.last)
			)
		);
	return batches.toReversed().map(({ first, last }) => {
		const place = ({ id }: { id: string }) => keyedHex('content-hash', id, `batch ${first}`);
		return rows
			.filter(({ day }) => day >= first && day <= last)
			.sort((a, b) => (place(a) < place(b) ? -1 : 1))
			.map(({ id, comment, contest }) => ({
				text: comment ?? '',
				/** Identifies the comment in an objection. Without the key it cannot be matched to a rating. */
				handle: keyedHex('content-hash', id, 'contest'),
				contested: contest !== null,
				ratingId: id
			}));
	});
}

/** Returns the officer's objections and their outcome, without names, dates and scores. */
async function ownContests(officerId: string) {
	const rows = await db()
		.select({
			comment: ratings.comment,
			words: ratingContests.words,
			state: ratingContests.state,
			answer: ratingContests.answer
		})
		.from(ratingContests)
		.innerJoin(ratings, eq(ratings.id, ratingContests.ratingId))
		.where(eq(ratingContests.officerId, officerId))
		.orderBy(desc(ratingContests.contestedAt));
	return rows.map(({ comment, words, state, answer }) => ({
		comment: comment ?? '',
		words,
		state,
		// An answer to a pending objection would reveal that a proposal awaits another manager.
		answer: state === 'pending' ? null : answer
	}));
}

/**
 * Stores an officer's objection to a comment shown to them, once per comment and in their own words. A manager decides.
 * The officer learns nothing more about the rating.
 * @throws NotFound if the comment is not shown to this officer, Conflict if it was contested before
 */
export async function objectToComment(actor: Actor, raw: unknown): Promise<void> {
	const { comment: handle, words } = checked(contestInput, raw);
	const me = await ratedPerson(actor.officerId);
	if (!me) throw new NotFound(handle);
	const shown = (await shownComments(me.id, await releasedBatchesOf(me))).flat();
	const comment = shown.find((each) => each.handle === handle);
	if (!comment) throw new NotFound(handle);
	await transaction(async (tx) => {
		const [contest] = await tx
			.insert(ratingContests)
			.values({ ratingId: comment.ratingId, officerId: me.id, words, contestedAt: now(), state: 'pending' })
			.onConflictDoNothing({ target: ratingContests.ratingId })
			.returning({ id: ratingContests.id });
		if (!contest) throw new Conflict('invalid-move', { reason: 'rating_contested' });
		await recordChange(tx, actor, { unitId: me.unitId, action: 'rating.contested', subject: contest.id });
	});
}
