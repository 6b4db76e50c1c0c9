import { z } from 'zod';
import {
	DEFAULT_MINIMUM,
	DEFAULT_WEIGHT,
	GREATEST_MINIMUM,
	GREATEST_WEIGHT,
	LEAST_MINIMUM
} from '#lib/ratings/adjusted-score.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { lockSetting, storeSetting } from '#lib/server/db/settings.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { wholeNumberField } from '#lib/server/people/form-fields.ts';
import { requireSeen, seenValues } from '#lib/server/seen-values.ts';

/** Name of the setting with the administrator's chosen method. */
const RATING_METHOD_SETTING = 'rating_method';

const stored = z.object({
	minimum: z.int().min(LEAST_MINIMUM).default(DEFAULT_MINIMUM),
	priorWeight: z.number().positive().default(DEFAULT_WEIGHT)
});
export type RatingMethod = z.output<typeof stored>;

const chosen = z.object({
	minimum: wholeNumberField(LEAST_MINIMUM, GREATEST_MINIMUM),
	priorWeight: wholeNumberField(1, GREATEST_WEIGHT)
});

/** Returns how many ratings an officer needs to be listed, and the weight of the prior as a number of ratings. */
export async function ratingMethod(): Promise<RatingMethod> {
	return stored.parse((await settingOf(RATING_METHOD_SETTING)) ?? {});
}

/**
 * Returns the method to an administrator who may change it, and what its form is loaded with (see `requireSeen`).
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function ratingMethodForAdmin(actor: Actor) {
	await requireRootAdmin(actor);
	const method = await ratingMethod();
	return { method, seen: seenValues(method) };
}

/**
 * Changes the method for all offices. It also changes figures of past periods, which are computed at each request;
 * filed reports keep their figures.
 * @throws NotAllowed unless the actor administers a root unit · Invalid outside the limits · Conflict `stale`
 */
export async function changeRatingMethod(actor: Actor, raw: unknown): Promise<void> {
	await requireRootAdmin(actor);
	const after = checked(chosen, raw);
	await transaction(async (tx) => {
		const before = stored.parse((await lockSetting(tx, RATING_METHOD_SETTING)) ?? {});
		requireSeen(raw, before, after);
		await storeSetting(tx, RATING_METHOD_SETTING, after);
		await recordChange(tx, actor, { action: 'rating.method_changed', subject: 'SPATULA', before, after });
	});
}
