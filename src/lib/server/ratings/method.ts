import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { DEFAULT_MINIMUM, DEFAULT_WEIGHT, LEAST_MINIMUM } from '../../ratings/statistics.ts';
import { db } from '../db/index.ts';
import { settings } from '../db/schema/settings.ts';

/** Where an administrator's choice of the method stands, if there is one. */
const RATING_METHOD_SETTING = 'rating_method';

const stored = z.object({
	minimum: z.int().min(LEAST_MINIMUM).default(DEFAULT_MINIMUM),
	priorWeight: z.number().positive().default(DEFAULT_WEIGHT)
});
export type RatingMethod = z.output<typeof stored>;

/** How many ratings an officer needs to be listed, and how many ratings the prior weighs. */
export async function ratingMethod(): Promise<RatingMethod> {
	const [row] = await db().select().from(settings).where(eq(settings.key, RATING_METHOD_SETTING));
	return stored.parse(row?.value ?? {});
}
