import { getLocale, type Locale } from '#lib/paraglide/runtime.js';
import { regionalLocale } from './regional-locale.ts';

/** `1.234` in Indonesian, `1,234` in English. */
export const formatNumber = (value: number, locale = getLocale()): string => formatDecimals(value, 0, locale);

/** A whole number, or one with a half, such as a median: `3` or `2,5`. */
export const formatMedian = (value: number, locale = getLocale()): string =>
	formatDecimals(value, Number.isInteger(value) ? 0 : 1, locale);

/** A length of time: `1 day`, `2 days`, `2,5 hari`. Has one decimal if the value is no whole number. */
export const formatDuration = (
	value: number,
	unit: 'minute' | 'hour' | 'day' | 'month' | 'year',
	locale = getLocale()
): string =>
	formatter(locale, {
		style: 'unit',
		unit,
		unitDisplay: 'long',
		minimumFractionDigits: Number.isInteger(value) ? 0 : 1,
		maximumFractionDigits: Number.isInteger(value) ? 0 : 1
	}).format(value);

/** Decimals in the reader's language: `4,32` in Indonesian, `4.32` in English. */
export function formatDecimals(value: number, decimals = 2, locale = getLocale()): string {
	return formatter(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

/** A share in whole per cent. A share that is neither 0 nor 1 is never shown as 0 % or 100 %. */
export function formatShare(share: number, locale = getLocale()): string {
	const shown = share > 0 && share < 0.01 ? 0.01 : share < 1 && share > 0.99 ? 0.99 : share;
	return formatter(locale, { style: 'percent', maximumFractionDigits: 0 }).format(shown);
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
	const { style, unit, minimumFractionDigits, maximumFractionDigits } = options;
	const key = `${locale} ${style} ${unit} ${minimumFractionDigits} ${maximumFractionDigits}`;
	const known = formatters.get(key);
	if (known) return known;
	const made = new Intl.NumberFormat(regionalLocale(locale), options);
	formatters.set(key, made);
	return made;
}

/** Rounds up to one significant digit, even or 5, so that an axis and its half end on round numbers. */
export function roundUp(n: number): number {
	const unit = 10 ** Math.floor(Math.log10(n));
	return ([1, 2, 4, 5, 6, 8, 10].find((times) => times * unit >= n) ?? 10) * unit;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes in steps of a thousand with at most one decimal: `12,5 MB`. */
export function fileSize(bytes: number, locale = getLocale()): string {
	let [size, step] = [bytes, 0];
	// Compared as it is shown: 999,999 bytes are 1 MB, not 1,000 kB.
	for (; Math.round(size * 10) >= 10_000 && step < UNITS.length - 1; step += 1) size /= 1000;
	return `${formatter(locale, { maximumFractionDigits: 1 }).format(size)} ${UNITS[step]}`;
}
