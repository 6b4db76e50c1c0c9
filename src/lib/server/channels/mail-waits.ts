const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST_WAITS = [MINUTE, 5 * MINUTE, 15 * MINUTE];

/** A letter that could not be handed over for two days is news no more. */
export const GIVEN_UP_AFTER_MS = 48 * HOUR;

/**
 * When a letter is tried again; undefined: no more.
 *
 * @param letter how many tries have failed, the one just made included (1 or more), and since when it waits
 */
export function nextTry(at: Date, letter: { tries: number; since: Date }): Date | undefined {
	const next = new Date(at.getTime() + (FIRST_WAITS[letter.tries - 1] ?? HOUR));
	return next.getTime() - letter.since.getTime() <= GIVEN_UP_AFTER_MS ? next : undefined;
}
