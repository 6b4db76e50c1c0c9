import { formatShortDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { grainOf, type PeriodKey } from '#lib/ratings/period-key.ts';
import { regionalLocale } from '#lib/text/regional-locale.ts';
import type { Period } from '#lib/ratings/period.ts';

const ROMAN = ['I', 'II', 'III', 'IV'];

/** The number of a quarter or half-year, as a Roman numeral in Indonesian. */
export const partNumber = (number: number): string =>
	getLocale() === 'id' ? (ROMAN[number - 1] ?? '') : String(number);

/** `Triwulan III 2026`, `Juli 2026`, `Tahun 2026`. */
export function periodKeyWord(key: PeriodKey): string {
	const [year = '', part = ''] = key.split('-');
	if (grainOf(key) === 'year') return m.insight_period_year_of({ year });
	if (grainOf(key) === 'month') return monthWord(`${key}-01`, 'long');
	return m.insight_period_quarter_of({ number: partNumber(Number(part.slice(1))), year });
}

/** `Juli 2026` or `Jul 2026`. `year` false omits the year. */
export function monthWord(month: string, style: 'long' | 'short', year = true): string {
	return new Intl.DateTimeFormat(regionalLocale(getLocale()), {
		month: style,
		year: year ? 'numeric' : undefined,
		timeZone: 'UTC'
	}).format(new Date(`${month.slice(0, 7)}-15T12:00:00Z`));
}

export const daysWord = ({ from, to }: Period) => m.common_span({ from: formatShortDay(from), to: formatShortDay(to) });
