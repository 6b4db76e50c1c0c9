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
import { ratingMethod } from '../figures/method.ts';
import { batchesOut, KEPT_LONG, ratedPerson } from './batches.ts';
import { ownPrior, ownUnit } from './own-unit.ts';

/** Batches whose comments fill a screen or two. */
const NEWEST = 6;

export type OwnRatings = NonNullable<Awaited<ReturnType<typeof ownRatings>>>;

/**
 * What an officer may know of the own ratings without learning who gave which: only whole batches of at least five ratings from at
 * least three days, once no rating can arrive for these days, and never a day, time, place, service, visit, or the score beside a
 * comment. The figures are those of the batches at their release, so that a later decision about one rating changes none of them.
 * undefined if the account is no officer's.
 *
 * @param all comments of all batches instead of the newest ones; a busy counter has a hundred batches a year
 */
export async function ownRatings(actor: Actor, all = false) {
	const me = await ratedPerson(actor.officerId);
	if (!me) return undefined;
	const [out, unit, contests, { minimum, priorWeight }] = await Promise.all([
		batchesOut(me),
		ownUnit(me),
		ownContests(me.id),
		ratingMethod()
	]);
	const counts = sumCounts(out.map((batch) => batch.counts));
	const n = ratingsIn(counts);
	const prior = await ownPrior(me, unit);
	const { mean, low, high } = posterior(counts, { prior, weight: priorWeight });
	const comments = await shownComments(me.id, all ? out : out.slice(-NEWEST));
	return {
		officer: { name: me.name },
		unit: { name: me.unit, mean: plainMean(sumCounts(unit)) },
		n,
		distribution: counts,
		/** null below the minimum number of ratings. */
		range: n >= minimum ? { mean, low, high } : null,
		minimum,
		/** How many batches are released; also the number of the newest one. */
		batches: out.length,
		/** Newest batch first, shuffled within each; a batch may have none. */
		comments: comments.map((batch) => batch.map(({ ratingId: _, ...comment }) => comment)),
		contests
	};
}

/**
 * The comments that an officer may read, by batch, newest batch first: those of counted ratings that need no manager's review.
 * Within a batch a keyed hash of the rating's random id shuffles them, so the order never changes and tells nothing of time.
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
				/** Names the comment in an objection. Without the key it leads to no rating. */
				handle: keyedHex('content-hash', id, 'contest'),
				contested: contest !== null,
				ratingId: id
			}));
	});
}

/** What the officer objected to and what became of it: no name, no date, no score. */
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
		// The answer to an objection that waits for the parent unit would tell that it waits there.
		answer: state === 'pending' ? null : answer
	}));
}

/**
 * An officer objects to a comment shown to them, once and in their own words. A manager decides. The officer learns
 * nothing more about the rating.
 * @throws NotFound on a comment that is not shown to this officer, Conflict if it was contested before
 */
export async function contestComment(actor: Actor, raw: unknown): Promise<void> {
	const { comment: handle, words } = checked(contestInput, raw);
	const me = await ratedPerson(actor.officerId);
	if (!me) throw new NotFound(handle);
	const shown = (await shownComments(me.id, await batchesOut(me))).flat();
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
