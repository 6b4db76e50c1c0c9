import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';

/** After the configured waits are used up, one try an hour. */
const HOUR_SECONDS = 3600;

/** Up to a tenth more or less, so that rows which failed together do not retry together. */
const JITTER = 0.1;

/**
 * When to try again.
 *
 * @param failures failed tries in a row, including the one just made (1 or more)
 * @param retryAfterMs the wait that the service asked for; the next try is never sooner
 * @param random 0 to below 1
 * @param waits in seconds
 */
export function retryAt(
	failures: number,
	retryAfterMs = 0,
	random: () => number = Math.random,
	waits: readonly number[] = env().LAPOR_RETRY_SECONDS
): Date {
	const seconds = waits[failures - 1] ?? HOUR_SECONDS;
	const wait = Math.round(seconds * 1000 * (1 - JITTER + 2 * JITTER * random()));
	return new Date(now().getTime() + Math.max(wait, retryAfterMs));
}
