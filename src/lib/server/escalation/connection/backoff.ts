import { HOUR_SECONDS } from '#lib/calendar/durations.ts';
import { fromNow } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';

/** Share by which a wait varies, so that rows that failed together are not retried together. */
const JITTER = 0.1;

/**
 * Computes the time of the next attempt.
 *
 * @param failures failed attempts in a row, including the latest (1 or more)
 * @param retryAfterMs the wait that the service asked for; the next attempt is never sooner
 * @param random 0 to below 1
 * @param waits in seconds; after the last one, attempts are an hour apart
 */
export function retryAt(
	failures: number,
	retryAfterMs = 0,
	random: () => number = Math.random,
	waits: readonly number[] = env().LAPOR_RETRY_SECONDS
): Date {
	const seconds = waits[failures - 1] ?? HOUR_SECONDS;
	const wait = Math.round(seconds * 1000 * (1 - JITTER + 2 * JITTER * random()));
	return fromNow(Math.max(wait, retryAfterMs));
}
