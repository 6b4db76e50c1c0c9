import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from './clock.ts';

/** Most errors that are counted. The page shows this number if there were more. */
const KEPT = 1000;

const moments: number[] = [];

export function noteError(): void {
	moments.push(now().getTime());
	if (moments.length > KEPT) moments.shift();
}

/** Number of errors that this process logged in the last day, at most `KEPT`, and the moment of the last one. */
export function recentErrors(): { count: number; last: Date | null } {
	const since = now().getTime() - DAY_MS;
	const last = moments.at(-1);
	return { count: moments.filter((at) => at > since).length, last: last === undefined ? null : new Date(last) };
}
