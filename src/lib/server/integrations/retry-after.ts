import { DAY_MS } from '#lib/calendar/durations.ts';

/** The longest accepted wait. A longer wait is a mistake, and staff must see messages that wait longer than a day. */
const LONGEST_WAIT_MS = DAY_MS;

/**
 * The wait that a Retry-After header asks for, in milliseconds from `now`: seconds or an HTTP date (RFC 9110, 10.2.3).
 * For a date in the past it is 0. Undefined if the header is missing or invalid, or has one of the obsolete date forms.
 */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
	const text = value?.trim() ?? '';
	if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_WAIT_MS);
	const date = new Date(text);
	// Only a valid HTTP date is formatted to the same text again.
	if (Number.isNaN(date.getTime()) || date.toUTCString() !== text) return undefined;
	return Math.min(Math.max(0, date.getTime() - now.getTime()), LONGEST_WAIT_MS);
}
