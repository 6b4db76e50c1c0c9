import { z } from 'zod';
import { DEFAULT_WEIGHT, GREATEST_WEIGHT } from '#lib/ratings/adjusted-score.ts';
import { DEFAULT_MINIMUM, GREATEST_MINIMUM, LEAST_MINIMUM } from '#lib/ratings/rank-officers.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { wholeNumberField } from '#lib/server/people/form-fields.ts';
import { siteSetting } from '#lib/server/people/site-setting.ts';

/** How many ratings an officer needs to be listed, and the weight of the prior as a number of ratings. */
const setting = siteSetting({
	key: 'rating_method',
	action: 'rating.method_changed',
	form: z.object({
		minimum: wholeNumberField(LEAST_MINIMUM, GREATEST_MINIMUM),
		priorWeight: wholeNumberField(1, GREATEST_WEIGHT)
	}),
	defaults: { minimum: DEFAULT_MINIMUM, priorWeight: DEFAULT_WEIGHT }
});
export type RatingMethod = Awaited<ReturnType<typeof setting.read>>;

export const ratingMethod = setting.read;

/**
 * Returns the method to an administrator who may change it, and what its form is loaded with (see `requireSeen`).
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function ratingMethodForAdmin(actor: Actor) {
	await requireRootAdmin(actor);
	const method = await ratingMethod();
	return { method, seen: setting.seen(method) };
}

/**
 * Changes the method for all offices. It also changes figures of past periods, which are computed at each request;
 * filed reports keep their figures.
 */
export const changeRatingMethod = setting.change;
