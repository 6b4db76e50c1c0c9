import { and, between, desc, eq, isNotNull, not, sql } from 'drizzle-orm';
import type { Batch } from '#lib/ratings/batches.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingContests, ratings } from '#lib/server/db/schema/ratings.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { KEPT_LONG } from './batches.ts';

export interface OwnComment {
	text: string;
	/** By which the officer objects to it: it leads to no rating for anybody without the key. */
	handle: string;
	contested: boolean;
}

export interface OwnContest {
	comment: string;
	words: string;
	state: 'pending' | 'upheld' | 'declined';
	/** null until it is decided. */
	answer: string | null;
}

/**
 * The comments that an officer may read, of each batch, the newest batch first: of the ratings its figures count, and none
 * that waits for a manager's look. Shuffled by a keyed hash of the rating's random id: the same order at every look, and none that time left
 * behind.
 */
export async function shownComments(
	officerId: string,
	batches: readonly Batch[]
): Promise<(OwnComment & { ratingId: string })[][]> {
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
	return batches
		.map((batch) =>
			rows
				.filter((row) => row.day >= batch.first && row.day <= batch.last)
				.map((row) => ({
					comment: {
						text: row.comment ?? '',
						handle: keyedHex('content-hash', row.id, 'contest'),
						contested: row.contest !== null,
						ratingId: row.id
					},
					place: keyedHex('content-hash', row.id, `batch ${batch.first}`)
				}))
				.sort((a, b) => (a.place < b.place ? -1 : 1))
				.map((row) => row.comment)
		)
		.reverse();
}

/** What the officer objected to and what became of it: no name, no date, no score. */
export async function ownContests(officerId: string): Promise<OwnContest[]> {
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
	return rows.map((row) => ({
		comment: row.comment ?? '',
		words: row.words,
		state: row.state as OwnContest['state'],
		// A manager's answer to one that waits for the parent unit would tell that it waits there.
		answer: row.state === 'pending' ? null : row.answer
	}));
}
