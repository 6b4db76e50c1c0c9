import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';

/** Minutes; later waits are an hour. */
const FIRST_WAITS = [1, 5, 15];

/** After two days without success an e-mail is out of date and fails. */
export const GIVEN_UP_AFTER_MS = 48 * HOUR_MS;

/**
 * Computes when an e-mail is retried; undefined: never again.
 * @param letter number of failed attempts including the last one (1 or more), and since when it waits
 */
export function nextTry(at: Date, letter: { tries: number; since: Date }): Date | undefined {
	const next = new Date(at.getTime() + (FIRST_WAITS[letter.tries - 1] ?? 60) * MINUTE_MS);
	return next.getTime() - letter.since.getTime() <= GIVEN_UP_AFTER_MS ? next : undefined;
}
