import { formatDate } from '#lib/calendar/format.ts';
import { daysBetween, localDate } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';

/** Number of calendar days between two times, in a zone. */
const calendarDays = (from: Date, to: Date, zone: string): number =>
	daysBetween(localDate(from, zone), localDate(to, zone));

/** Waiting time in words, such as "hari ini" or "5 hari lalu". */
export function ageInDays(since: Date, now: Date, zone: string): string {
	const days = calendarDays(since, now, zone);
	return days > 0 ? m.unrecorded_days({ days }) : m.common_today();
}

export function oldestWord(since: Date, now: Date, zone: string): string {
	const days = calendarDays(since, now, zone);
	if (days < 1) return m.unrecorded_oldest_today();
	return m.unrecorded_oldest({ date: formatDate(since, zone), days });
}
