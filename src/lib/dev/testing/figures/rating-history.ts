import { instantAt, type LocalDate } from '#lib/calendar/days.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly } from '#lib/server/db/schema/ratings.ts';
import { differingSums } from '#lib/server/ratings/figures/check-sums.ts';
import { makeActor, makeOfficer, makeUnit } from '../factories.ts';
import { submitRating, type RatingContext } from '#lib/server/ratings/submit.ts';

/** An office below its province, with an officer, its manager and the province's manager. */
export async function makeRatedOffice() {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const officer = await makeOfficer(unit.id);
	const manager = await makeActor([[unit.id, 'manager']]);
	return { province, unit, officer, manager, above: await makeActor([[province.id, 'manager']]) };
}

/** Runs `work` on a day in Makassar, at nine in the morning or another time. */
export function onDay<T>(day: LocalDate, work: () => Promise<T>, time = '09:00'): Promise<T> {
	return withClock(() => instantAt(day, time, 'Asia/Makassar'), work);
}

/** The input of a rating, as a form or the API sends it. */
export function ratingInputOf(unit: { code: string }, changes: Record<string, unknown> = {}) {
	return ratingInput.parse({ unit: unit.code, score: 5, submission_id: crypto.randomUUID(), ...changes });
}

/** Submits a rating on a past day at ten in the morning. */
export async function rateOn(
	unit: { code: string; timeZone: string },
	day: LocalDate,
	changes: Record<string, unknown> = {},
	context: Partial<RatingContext> = {}
) {
	return withClock(
		() => instantAt(day, '10:00', unit.timeZone),
		() => submitRating(ratingInputOf(unit, changes), { source: 'web', ...context })
	);
}

/** The stored sums, and the keys of the sums that differ from a count of the ratings. */
export async function ratingSums() {
	const sums = {
		days: await db().select().from(ratingDaily).orderBy(ratingDaily.key),
		months: await db().select().from(ratingMonthly).orderBy(ratingMonthly.key)
	};
	return { sums, differing: await differingSums(db()) };
}
