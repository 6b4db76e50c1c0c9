import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from './clock.ts';

/** As many moments are kept; a site that logs more has one answer: many. */
const KEPT = 1000;

const moments: number[] = [];

export function noteError(): void {
	moments.push(now().getTime());
	if (moments.length > KEPT) moments.shift();
}

/** How many errors this process has logged in the last day, up to `KEPT`, and when the last was. */
export function recentErrors(): { count: number; last: Date | null } {
	const since = now().getTime() - DAY_MS;
	const last = moments.at(-1);
	return { count: moments.filter((at) => at > since).length, last: last === undefined ? null : new Date(last) };
}
