import { BATCH_DAYS, BATCH_RATINGS } from '#lib/ratings/batches.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { ratingMethod } from '#lib/server/ratings/figures/method.ts';

export const load = async () => ({
	method: await ratingMethod(),
	batch: { ratings: BATCH_RATINGS, days: BATCH_DAYS, late: LATEST_DAYS + 1 }
});
