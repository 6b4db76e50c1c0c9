import { z } from 'zod';
import {
	DEFAULT_MINIMUM,
	DEFAULT_WEIGHT,
	GREATEST_MINIMUM,
	GREATEST_WEIGHT,
	LEAST_MINIMUM
} from '#lib/ratings/adjusted-score.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { readSetting, storeSetting } from '#lib/server/db/settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

/** Where an administrator's choice of the method stands, if there is one. */
const RATING_METHOD_SETTING = 'rating_method';

const stored = z.object({
	minimum: z.int().min(LEAST_MINIMUM).default(DEFAULT_MINIMUM),
	priorWeight: z.number().positive().default(DEFAULT_WEIGHT)
});
export type RatingMethod = z.output<typeof stored>;

const CODE = 'rating_method_number';
const whole = (least: number, greatest: number) =>
	z.coerce.number({ error: CODE }).int(CODE).min(least, CODE).max(greatest, CODE);
const chosen = z.object({ minimum: whole(LEAST_MINIMUM, GREATEST_MINIMUM), priorWeight: whole(1, GREATEST_WEIGHT) });

/** How many ratings an officer needs to be listed, and how many ratings the prior weighs. */
export async function ratingMethod(): Promise<RatingMethod> {
	return stored.parse((await readSetting(RATING_METHOD_SETTING)) ?? {});
}

/** The same for people who may change it. @throws NotAllowed unless the actor administers a root unit */
export async function ratingMethodForAdmin(actor: Actor): Promise<RatingMethod> {
	await requireRootAdmin(db(), actor);
	return ratingMethod();
}

/**
 * Changes the method for all offices, the past included: figures are computed when they are asked for. Reports that
 * were filed keep theirs.
 * @throws NotAllowed to others than the root's administrators, Invalid outside the limits
 */
export async function changeRatingMethod(actor: Actor, raw: unknown): Promise<void> {
	const before = await ratingMethodForAdmin(actor);
	const after = checked(chosen, raw);
	await transaction(async (tx) => {
		await storeSetting(tx, RATING_METHOD_SETTING, after);
		await recordChange(tx, actor, { action: 'rating.method_changed', subject: 'SPATULA', before, after });
	});
}
