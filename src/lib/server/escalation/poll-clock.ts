const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Sooner while fresh: on the first day every quarter of an hour, then every three hours, as a live client does. */
const FRESH_FOR = DAY;
const FRESH_EVERY = 15 * MINUTE;
const LATER_EVERY = 3 * HOUR;
const AFTER_ERROR = HOUR;
/** A finished report may still be answered by its reporter for 10 days. */
const CLOSED_FOR = 10 * DAY;
const CLOSED_EVERY = DAY;
const JITTER = 0.1;

/**
 * When a report is asked for next; undefined: no more.
 *
 * @param capSeconds LAPOR_POLL_SECONDS where it is set: no interval is longer
 * @param random 0 to below 1: a tenth either way, so that a batch does not come back as one
 */
export function nextPollAt(
	at: Date,
	row: { sentAt: Date; closedAt: Date | null; failed: boolean },
	capSeconds: number | undefined,
	random: () => number
): Date | undefined {
	if (row.closedAt && at.getTime() - row.closedAt.getTime() >= CLOSED_FOR) return undefined;
	const wait = Math.min(interval(at, row), capSeconds === undefined ? Infinity : capSeconds * 1000);
	return new Date(at.getTime() + Math.round(wait * (1 - JITTER + JITTER * random())));
}

function interval(at: Date, row: { sentAt: Date; closedAt: Date | null; failed: boolean }): number {
	if (row.failed) return AFTER_ERROR;
	if (row.closedAt) return CLOSED_EVERY;
	return at.getTime() - row.sentAt.getTime() < FRESH_FOR ? FRESH_EVERY : LATER_EVERY;
}
