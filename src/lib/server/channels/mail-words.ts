import { HOUR_MS } from '#lib/calendar/durations.ts';
import { formatDate, formatTime } from '#lib/calendar/format.ts';

/** `Jumat, 4 Desember 2026, 16.00 WITA` */
export const momentInWords = (at: Date, zone: string): string =>
	`${formatDate(at, zone, 'id')}, ${formatTime(at, zone, 'id')}`;

/** How long ago, roughly: `3 hari`, `5 jam`. */
export function ageInWords(since: Date, at: Date): string {
	const hours = Math.floor((at.getTime() - since.getTime()) / HOUR_MS);
	if (hours < 1) return 'kurang dari satu jam';
	return hours < 24 ? `${hours} jam` : `${Math.floor(hours / 24)} hari`;
}
