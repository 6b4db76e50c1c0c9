import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { env } from '#lib/server/env.ts';

/** A report is polled every 15 minutes on the first day, then every three hours. Another agency's client does so. */
const FRESH_FOR = DAY_MS;
const FRESH_EVERY = 15 * MINUTE_MS;
const LATER_EVERY = 3 * HOUR_MS;
const AFTER_ERROR = HOUR_MS;
/** A closed report is polled daily for 10 days, because its reporter can still respond at LAPOR. */
const CLOSED_FOR = 10 * DAY_MS;
const CLOSED_EVERY = DAY_MS;
const JITTER = 0.1;

type PolledRow = { sentAt: Date; closedAt: Date | null; failed: boolean };

/**
 * Computes when a report is polled next; undefined if never again.
 *
 * @param capSeconds longest interval: LAPOR_POLL_SECONDS, if the installation sets it
 * @param random 0 to below 1; shortens the wait by up to a tenth, so that the polls of a batch spread out
 */
export function nextPollAt(
	at: Date,
	row: PolledRow,
	capSeconds = env().LAPOR_POLL_SECONDS ?? Infinity,
	random: () => number = Math.random
): Date | undefined {
	if (row.closedAt && at.getTime() - row.closedAt.getTime() >= CLOSED_FOR) return undefined;
	const wait = Math.min(interval(at, row), capSeconds * 1000);
	return new Date(at.getTime() + Math.round(wait * (1 - JITTER + JITTER * random())));
}

function interval(at: Date, { sentAt, closedAt, failed }: PolledRow): number {
	if (failed) return AFTER_ERROR;
	if (closedAt) return CLOSED_EVERY;
	return at.getTime() - sentAt.getTime() < FRESH_FOR ? FRESH_EVERY : LATER_EVERY;
}
