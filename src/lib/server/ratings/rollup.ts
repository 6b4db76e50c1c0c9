import { and, eq, sql } from 'drizzle-orm';
import type { LocalDate } from '../../calendar/days.ts';
import type { Tx } from '../db/index.ts';
import { ratingDaily } from '../db/schema/ratings.ts';

/** What of a rating the daily counts hold. */
export interface CountedRating {
	unitId: string;
	officerId: string | null;
	service: string | null;
	day: LocalDate;
	score: number;
	verified: boolean;
}

const columns = (score: number) => {
	const column = ([ratingDaily.c1, ratingDaily.c2, ratingDaily.c3, ratingDaily.c4, ratingDaily.c5] as const)[score - 1];
	if (!column) throw new RangeError(`a score lies between 1 and 5, not at ${score}`);
	return { name: `c${score}` as 'c1' | 'c2' | 'c3' | 'c4' | 'c5', column };
};

const keyOf = (rating: CountedRating) =>
	[rating.unitId, rating.officerId ?? '', rating.service ?? '', rating.day].join('/');

/** Counts a rating in the transaction that stores it or lets it count again. */
export async function countIn(tx: Tx, rating: CountedRating): Promise<void> {
	const { name, column } = columns(rating.score);
	const verified = rating.verified ? 1 : 0;
	await tx
		.insert(ratingDaily)
		.values({
			key: keyOf(rating),
			unitId: rating.unitId,
			officerId: rating.officerId,
			service: rating.service,
			day: rating.day,
			[name]: 1,
			verified
		})
		.onConflictDoUpdate({
			target: ratingDaily.key,
			set: { [name]: sql`${column} + 1`, verified: sql`${ratingDaily.verified} + ${verified}` }
		});
}

/** The exact inverse of `countIn`, down to the row itself: nothing tells that it was ever there. */
export async function countOut(tx: Tx, rating: CountedRating): Promise<void> {
	const { name, column } = columns(rating.score);
	const key = keyOf(rating);
	const taken = await tx
		.update(ratingDaily)
		.set({ [name]: sql`${column} - 1`, verified: sql`${ratingDaily.verified} - ${rating.verified ? 1 : 0}` })
		.where(eq(ratingDaily.key, key))
		.returning({ key: ratingDaily.key });
	if (taken.length !== 1) throw new Error(`the daily counts lack ${key}`);
	await tx
		.delete(ratingDaily)
		.where(
			and(
				eq(ratingDaily.key, key),
				sql`${ratingDaily.c1} + ${ratingDaily.c2} + ${ratingDaily.c3} + ${ratingDaily.c4} + ${ratingDaily.c5} = 0`
			)
		);
}
