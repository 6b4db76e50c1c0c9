import { daysBetween, localDate } from '#lib/calendar/days.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { formatDate, formatTime } from '#lib/calendar/format.ts';

/** `Jumat, 4 Desember 2026, 16.00 WITA` */
export const momentInWords = (at: Date, zone: string): string =>
	`${formatDate(at, zone, 'id')}, ${formatTime(at, zone, 'id')}`;

/** How long ago, roughly: `3 hari`, `5 jam`. Days are counted from date to date, as on the pages of the desk. */
export function ageInWords(since: Date, at: Date, zone: string): string {
	const hours = Math.floor((at.getTime() - since.getTime()) / HOUR_MS);
	if (hours < 1) return 'kurang dari satu jam';
	return hours < 24 ? `${hours} jam` : `${daysBetween(localDate(since, zone), localDate(at, zone))} hari`;
}
