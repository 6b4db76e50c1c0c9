const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes as people read it, in steps of a thousand with at most one decimal: `12,5 MB`. */
export function fileSize(bytes: number, locale: 'id' | 'en'): string {
	const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
	const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
	return `${number} ${UNITS[step]}`;
}
