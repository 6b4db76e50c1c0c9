import { and, asc, eq, type SQL } from 'drizzle-orm';
import { addDays, instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { outcomeOf, type RatingMove } from '#lib/ratings/moves.ts';
import { heldBy } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, type Score } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';

/** When figures that end with this day come out: no rating can arrive for it any more. */
export function releasedAt(last: LocalDate, timeZone: string): Date {
	return instantAt(addDays(last, LATEST_DAYS + 1), '00:00', timeZone);
}

/** Whether figures that hold this day may be out by now: the earliest release of any zone. */
export function mayBeReleased(day: LocalDate): boolean {
	return localDate(now(), 'UTC') >= addDays(day, LATEST_DAYS - 1);
}

/** A rating that counted at the release and does not now (1), or the other way round (-1). */
export interface LateChange {
	officerId: string;
	/** The officer's own unit. */
	unitId: string;
	day: LocalDate;
	score: Score;
	delta: 1 | -1;
}

/**
 * What has to be added to the present counts to have those of the release again. An officer who watched them move after a
 * decision would learn the score of that one rating.
 *
 * @param releaseOf when the figures that hold a day came out; undefined while they have not
 */
export async function lateChanges(
	which: SQL | undefined,
	releaseOf: (day: LocalDate) => Date | undefined
): Promise<LateChange[]> {
	const rows = await db()
		.select({
			id: ratings.id,
			officerId: officers.id,
			unitId: officers.unitId,
			day: ratings.day,
			score: ratings.score,
			state: ratings.state,
			signals: ratings.signals,
			move: ratingDecisions.move,
			at: ratingDecisions.decidedAt
		})
		.from(ratingDecisions)
		.innerJoin(ratings, eq(ratings.id, ratingDecisions.ratingId))
		.innerJoin(officers, eq(officers.id, ratings.officerId))
		.where(and(which, ratings.decidedLate, eq(ratingDecisions.state, 'done')))
		.orderBy(asc(ratingDecisions.decidedAt));
	return [...Map.groupBy(rows, (row) => row.id).values()].flatMap((decisions) => {
		const [rating] = decisions;
		const release = rating && releaseOf(rating.day);
		if (!release) return [];
		const before = decisions.findLast(({ at }) => at !== null && at < release);
		const then = before ? outcomeOf(before.move as RatingMove) : heldBy(rating.signals) ? 'held' : 'counted';
		const delta = Number(then === 'counted') - Number(rating.state === 'counted');
		const { officerId, unitId, day, score } = rating;
		return delta === 0 ? [] : [{ officerId, unitId, day, score: score as Score, delta: delta as 1 | -1 }];
	});
}
