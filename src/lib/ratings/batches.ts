import type { LocalDate } from '#lib/calendar/days.ts';
import { ratingsIn, sumCounts, type Counts } from './adjusted-score.ts';

/** Minimum number of ratings and of days in a batch. */
export const BATCH_RATINGS = 5;
export const BATCH_DAYS = 3;

/**
 * Ratings of one day: `all` counts all of them in any state, `counts` the counted ones by score. Ratings that arrived
 * after the day was closed are in neither.
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
 * Returns the batches that may be shown to the rated officer, oldest first.
 * The end of a batch depends on `all`, which no longer changes once no rating can arrive for its days. If a void moved
 * the ends, the difference between two views of the page would reveal the ratings between the two ends.
 * For the same reason a batch is shown or hidden as a whole: it is hidden if it has fewer than five counted ratings or
 * ratings from fewer than three days.
 * @param before only days before this one, because later ones may still receive ratings
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
