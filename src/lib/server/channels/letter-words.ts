import { formatDate, formatTime } from '#lib/calendar/format.ts';
import vocabulary from '#lib/messages/vocabulary.id.json' with { type: 'json' };

/*
 * Letters are written in Indonesian by jobs and scripts, outside of any request that would name a language, so they read
 * the catalog of the screens and need nothing of what is made from it.
 */
const words: Readonly<Record<string, string>> = vocabulary;

/** The screens' word of a value; the code itself where a newer version wrote one that is not known here. */
export const inWords = (area: 'clock' | 'kind', code: string): string => words[`${area}_${code}`] ?? code;

/** `Jumat, 4 Desember 2026, 16.00 WITA` */
export const momentInWords = (at: Date, zone: string): string =>
	`${formatDate(at, zone, 'id')}, ${formatTime(at, zone, 'id')}`;

const HOUR = 3_600_000;

/** How long ago, roughly: `3 hari`, `5 jam`. */
export function ageInWords(since: Date, at: Date): string {
	const hours = Math.floor((at.getTime() - since.getTime()) / HOUR);
	if (hours < 1) return 'kurang dari satu jam';
	return hours < 24 ? `${hours} jam` : `${Math.floor(hours / 24)} hari`;
}
