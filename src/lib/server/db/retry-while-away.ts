import { setTimeout as wait } from 'node:timers/promises';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';

const TRIES = 30;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

/**
 * Runs `store` again for some minutes while the database is away, or another transaction holds a row that it needs. For
 * an outcome that only this process knows, such as LAPOR's answer. `store` must be one transaction.
 *
 * @param onFirstFailure writes what must not be lost to the log, because the process may end before the last try
 */
export async function retryWhileDatabaseAway<T>(
	store: () => Promise<T>,
	onFirstFailure?: (cause: unknown) => void
): Promise<T> {
	for (let tries = 1; ; tries += 1)
		try {
			return await store();
		} catch (cause) {
			if (tries === 1) onFirstFailure?.(cause);
			if (tries === TRIES || !isDatabaseUnavailable(cause)) throw cause;
			await wait(Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS));
		}
}
