/** After the configured waits are used up, one try an hour. */
const HOURLY_MS = 3_600_000;

/** Up to a tenth more or less, so that rows which failed together do not retry together. */
const JITTER = 0.1;

/**
 * How long to wait before the next try, in milliseconds.
 * @param failures how many tries in a row have failed, the one just made included (1 or more)
 * @param waits the configured waits in seconds; hourly after them
 * @param random 0 to below 1
 * @param retryAfterMs what the service asked for; the wait is never shorter
 */
export function nextWaitMs(failures: number, waits: readonly number[], random: () => number, retryAfterMs = 0): number {
	const wait = waits[Math.max(0, failures - 1)];
	const base = wait === undefined ? HOURLY_MS : wait * 1000;
	return Math.max(Math.round(base * (1 - JITTER + 2 * JITTER * random())), retryAfterMs);
}
