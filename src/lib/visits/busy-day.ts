/** Number of visits in a day that is never unusual. */
export const PLAIN_DAY = 15;
/** Number of earlier working days that a day is compared with. */
export const COMPARED_DAYS = 28;
/** Number of working days after which the usual number of an office is known. */
export const KNOWN_AFTER_DAYS = 5;
const DEVIATIONS = 3;

/**
 * Returns the largest number of visits in a day that is not unusual for an officer or a unit: the mean of the earlier
 * working days plus three standard deviations, but at least fifteen. Visits make verified ratings possible, so days
 * above it are reviewed.
 * @param before visits on each of the last working days, including days with 0; empty for a new officer
 */
export function mostVisits(before: readonly number[]): number {
	if (before.length === 0) return PLAIN_DAY;
	const mean = before.reduce((sum, n) => sum + n, 0) / before.length;
	const variance = before.reduce((sum, n) => sum + (n - mean) ** 2, 0) / before.length;
	return Math.max(PLAIN_DAY, mean + DEVIATIONS * Math.sqrt(variance));
}
