import { getLocale, type Locale } from '#lib/paraglide/runtime.js';
import { regionalLocale } from '#lib/text/regional-locale.ts';
import type { ClockTime, LocalDate, Weekday } from './days.ts';

/**
 * Indonesia's three time zones by their own names. Intl has these names only in Indonesian, and not in every browser.
 */
const ZONE_NAMES: Readonly<Record<string, string>> = {
	'Asia/Jakarta': 'WIB',
	'Asia/Pontianak': 'WIB',
	'Asia/Makassar': 'WITA',
	'Asia/Jayapura': 'WIT'
};

/** `WIB`, `WITA` or `WIT`, or the text itself if it is no zone of Indonesia. */
export const zoneShortName = (zone: string): string => ZONE_NAMES[zone] ?? zone;

/** The zone with this name (`WIT` or `wit`: Asia/Jayapura), or the text itself. */
export const zoneNamed = (text: string): string =>
	Object.keys(ZONE_NAMES).find((zone) => ZONE_NAMES[zone] === text.toUpperCase()) ?? text;

const LONG = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const MONTH = { month: 'long', year: 'numeric' } as const;
const SHORT = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** `Jumat, 4 Desember 2026` / `Friday, 4 December 2026`: the date in `zone`. */
export function formatDate(at: Date, zone: string, locale: Locale = getLocale()): string {
	const { weekday, day, month, year } = parts(at, zone, locale, LONG);
	return `${weekday}, ${day} ${month} ${year}`;
}

/** `4 Des 2026` / `4 Dec 2026`: the date in `zone`. */
export function formatShortDate(at: Date, zone: string, locale: Locale = getLocale()): string {
	const { day, month, year } = parts(at, zone, locale, SHORT);
	return `${day} ${month} ${year}`;
}

/** `4 Des` / `4 Dec`: the date in `zone`, with the year if it differs from that of `now`. */
export function formatNearDate(at: Date, zone: string, now: Date, locale: Locale = getLocale()): string {
	const { day, month, year } = parts(at, zone, locale, SHORT);
	return year === parts(now, zone, locale, SHORT).year ? `${day} ${month}` : `${day} ${month} ${year}`;
}

/** `16.00 WITA` / `16:00 WITA`. */
export function formatTime(at: Date, zone: string, locale: Locale = getLocale()): string {
	const { hour, minute } = parts(at, zone, locale, TIME);
	return `${hour}${locale === 'id' ? '.' : ':'}${minute} ${zoneName(at, zone, locale)}`;
}

/** `16.00` / `16:00`: a time of day without a date. */
export function formatClock(time: ClockTime, locale: Locale = getLocale()): string {
	return locale === 'id' ? time.replace(':', '.') : time;
}

/** `Senin` / `Monday`. */
export function formatWeekday(day: Weekday, locale: Locale = getLocale()): string {
	// 2024 began on a Monday.
	return parts(new Date(Date.UTC(2024, 0, day)), 'UTC', locale, { weekday: 'long' }).weekday ?? '';
}

/** `Jumat, 4 Desember 2026, 16.00 WITA` / `Friday, 4 December 2026, 16:00 WITA`. */
export function formatDateTime(at: Date, zone: string, locale: Locale = getLocale()): string {
	return `${formatDate(at, zone, locale)}, ${formatTime(at, zone, locale)}`;
}

/** As `formatDateTime`, for citizens. Readers of English may not know the zone, so its offset follows: `WITA (UTC+8)`. */
export function formatDateTimeOffset(at: Date, zone: string, locale: Locale = getLocale()): string {
	const text = formatDateTime(at, zone, locale);
	if (locale === 'id') return text;
	const { timeZoneName = '' } = parts(at, zone, locale, { timeZoneName: 'shortOffset' });
	return `${text} (${timeZoneName.replace('GMT', 'UTC')})`;
}

/** A date without time, in the format of `formatDate`. */
export function formatDay(date: LocalDate, locale: Locale = getLocale()): string {
	return formatDate(noon(date), 'UTC', locale);
}

/** A date without time, in the format of `formatShortDate`. */
export function formatShortDay(date: LocalDate, locale: Locale = getLocale()): string {
	return formatShortDate(noon(date), 'UTC', locale);
}

/** `Desember 2026` / `December 2026`: the month that contains a date. */
export function formatMonth(date: LocalDate): string {
	const { month, year } = parts(noon(date), 'UTC', getLocale(), MONTH);
	return `${month} ${year}`;
}

/** `WIB`, `WITA` or `WIT`; for other zones the language's short name at that instant. */
export function zoneName(at: Date, zone: string, locale: Locale = getLocale()): string {
	return ZONE_NAMES[zone] ?? parts(at, zone, locale, { timeZoneName: 'short' }).timeZoneName ?? zone;
}

function noon(date: LocalDate): Date {
	return new Date(`${date}T12:00:00Z`);
}

// The parts are joined here, because the commas set by Intl differ between browser versions.
function parts(at: Date, zone: string, locale: Locale, options: Intl.DateTimeFormatOptions) {
	const pieces = formatter(zone, locale, options).formatToParts(at);
	return Object.fromEntries(pieces.map(({ type, value }) => [type, value])) as Partial<
		Record<Intl.DateTimeFormatPartTypes, string>
	>;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

// Formatters are cached: creating one costs a hundred times more than using it, and lists format one value per row.
function formatter(zone: string, locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${locale} ${zone} ${JSON.stringify(options)}`;
	const known = formatters.get(key);
	if (known) return known;
	const made = new Intl.DateTimeFormat(regionalLocale(locale), { ...options, timeZone: zone });
	formatters.set(key, made);
	return made;
}
