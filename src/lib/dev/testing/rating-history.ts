import { randomUUID } from 'node:crypto';
import { instantAt, type LocalDate } from '#lib/calendar/days.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly } from '#lib/server/db/schema/ratings.ts';
import { differingSums } from '#lib/server/ratings/figures/recount.ts';
import { submitRating, type RatingContext } from '#lib/server/ratings/submit.ts';

/** A rating as a form or the API sends it. */
export function ratingOf(unit: { code: string }, changes: Record<string, unknown> = {}) {
	return ratingInput.parse({ unit: unit.code, score: 5, submission_id: randomUUID(), ...changes });
}

/** Gives a rating on a day in the past, at ten in the morning. */
export async function rateOn(
	unit: { code: string; timeZone: string },
	day: LocalDate,
	changes: Record<string, unknown> = {},
	context: Partial<RatingContext> = {}
) {
	return withClock(
		() => instantAt(day, '10:00', unit.timeZone),
		() => submitRating(ratingOf(unit, changes), { source: 'web', ...context })
	);
}

/** The sums as they stand, and the keys of those that differ from what the ratings themselves say. */
export async function ratingSums() {
	const kept = {
		days: await db().select().from(ratingDaily).orderBy(ratingDaily.key),
		months: await db().select().from(ratingMonthly).orderBy(ratingMonthly.key)
	};
	return { kept, differing: await differingSums(db()) };
}
