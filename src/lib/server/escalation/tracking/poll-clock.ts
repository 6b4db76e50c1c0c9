import { env } from '#lib/server/env.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** On the first day every 15 minutes, then every three hours, like a live client of LAPOR. */
const FRESH_FOR = DAY;
const FRESH_EVERY = 15 * MINUTE;
const LATER_EVERY = 3 * HOUR;
const AFTER_ERROR = HOUR;
/** Reporters can still respond for 10 days after a report is finished. */
const CLOSED_FOR = 10 * DAY;
const CLOSED_EVERY = DAY;
const JITTER = 0.1;

type Polled = { sentAt: Date; closedAt: Date | null; failed: boolean };

/**
 * Computes when a report is polled next; undefined: never again.
 *
 * @param capSeconds no interval is longer: LAPOR_POLL_SECONDS, if the installation sets it
 * @param random 0 to below 1: shortens the wait by up to a tenth, so that a batch spreads out
 */
export function nextPollAt(
	at: Date,
	row: Polled,
	capSeconds = env().LAPOR_POLL_CAPPED ? env().LAPOR_POLL_SECONDS : Infinity,
	random: () => number = Math.random
): Date | undefined {
	if (row.closedAt && at.getTime() - row.closedAt.getTime() >= CLOSED_FOR) return undefined;
	const wait = Math.min(interval(at, row), capSeconds * 1000);
	return new Date(at.getTime() + Math.round(wait * (1 - JITTER + JITTER * random())));
}

function interval(at: Date, { sentAt, closedAt, failed }: Polled): number {
	if (failed) return AFTER_ERROR;
	if (closedAt) return CLOSED_EVERY;
	return at.getTime() - sentAt.getTime() < FRESH_FOR ? FRESH_EVERY : LATER_EVERY;
}
