/** Visits in a day that are never unusual. */
export const PLAIN_DAY = 15;
/** The working days before it that a day is compared with. */
export const COMPARED_DAYS = 28;
/** Working days after which it is known what is usual for an office. */
export const KNOWN_AFTER_DAYS = 5;
const DEVIATIONS = 3;

/**
 * The most visits in a day that raise no question, of one officer or of an office: the mean of the working days before plus
 * three standard deviations, and never fewer than fifteen. Visits make verified ratings, so a day above it is worth a look.
 *
 * @param before visits on each of the last working days, days without any as 0; a new officer has none
 */
export function mostVisits(before: readonly number[]): number {
	if (before.length === 0) return PLAIN_DAY;
	const mean = before.reduce((sum, n) => sum + n, 0) / before.length;
	const variance = before.reduce((sum, n) => sum + (n - mean) ** 2, 0) / before.length;
	return Math.max(PLAIN_DAY, mean + DEVIATIONS * Math.sqrt(variance));
}
