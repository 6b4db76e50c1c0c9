import type { LocalDate } from '#lib/calendar/days.ts';
import { ratingsIn, sumCounts, type Counts } from './adjusted-score.ts';

/** Minimum ratings and days of a batch in which an officer sees their own ratings. */
export const BATCH_RATINGS = 5;
export const BATCH_DAYS = 3;

/**
 * `all` counts every rating of the day in whatever state, `counts` the counted ones by score. Of those that came in after
 * the day was closed neither knows.
 */
export interface RatedDay {
	day: LocalDate;
	all: number;
	counts: Counts;
}

export interface Batch {
	first: LocalDate;
	last: LocalDate;
	counts: Counts;
}

/**
 * The batches that may be shown to the officer who was rated, oldest first.
 *
 * Where a batch ends is decided by `all`, which never changes once no rating can arrive for its days any more. Would a
 * void move the ends, two looks at the page would tell the ratings between the former end and the new one. For the same
 * reason a batch appears and disappears as a whole: fewer than five counted ratings, or from fewer than three days, show
 * nothing.
 *
 * @param before only days before this one: later ones may still receive ratings
 */
export function releasedBatches(days: readonly RatedDay[], before: LocalDate): Batch[] {
	const batches: Batch[] = [];
	let open: RatedDay[] = [];
	for (const day of [...days].sort((a, b) => (a.day < b.day ? -1 : 1))) {
		if (day.day >= before) break;
		if (day.all === 0) continue;
		open.push(day);
		if (open.length < BATCH_DAYS || open.reduce((sum, { all }) => sum + all, 0) < BATCH_RATINGS) continue;
		const batch = batchOf(open);
		if (batch) batches.push(batch);
		open = [];
	}
	return batches;
}

function batchOf(days: readonly RatedDay[]): Batch | undefined {
	const counted = days.filter((day) => ratingsIn(day.counts) > 0);
	const counts = sumCounts(counted.map((day) => day.counts));
	const [first, last] = [days[0], days.at(-1)];
	if (!first || !last || counted.length < BATCH_DAYS || ratingsIn(counts) < BATCH_RATINGS) return undefined;
	return { first: first.day, last: last.day, counts };
}
