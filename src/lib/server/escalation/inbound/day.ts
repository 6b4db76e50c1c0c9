import { addDays, isLocalDate, type LocalDate } from '#lib/calendar/days.ts';

/** First letters of the months in Indonesian and English. */
const MONTHS = 'jan feb|peb mar apr mei|may jun jul agu|ags|agt|aug sep okt|oct nov|nop des|dec'
	.split(' ')
	.map((names) => names.split('|'));

const CLOCK = /[ T,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}|\s*WI(?:B|TA|T))?$/i;
/** Spreadsheets count days from here, and count a 29 February 1900 that never was. */
const SPREADSHEET_DAY_ZERO = '1899-12-30';
/** 2000-01-01 to 2099-12-31 as a spreadsheet counts them. */
const SERIAL = { first: 36_526, last: 73_050 };

const iso = (year: string, month: string | number, day: string): string =>
	`${year.length === 2 ? `20${year}` : year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;

function written(text: string): string {
	const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/.exec(text) ?? [];
	if (day && month && year) return iso(year, month, day);
	const [, dayOf, name, yearOf] =
		/^(?:[a-z]+,?\s+)?(\d{1,2})[\s-]([a-z]{3})[a-z]*[\s-](\d{4}|\d{2})$/i.exec(text) ?? [];
	if (dayOf && name && yearOf) {
		const at = MONTHS.findIndex((names) => names.includes(name.toLowerCase()));
		return at < 0 ? '' : iso(yearOf, at + 1, dayOf);
	}
	return text;
}

/**
 * Reads a day as people, LAPOR's pages and spreadsheets write it: `2026-09-30`, `30/09/2026`, `30-9-26`, `30 September 2026`,
 * also with a time behind, or as a spreadsheet's serial number (`46295`). Undefined for anything else.
 */
export function readDay(text: string): LocalDate | undefined {
	const day = text.trim().replace(CLOCK, '');
	const serial = /^\d{5}(?:[.,]\d+)?$/.test(day) ? Math.floor(Number(day.replace(',', '.'))) : NaN;
	if (serial >= SERIAL.first && serial <= SERIAL.last) return addDays(SPREADSHEET_DAY_ZERO, serial);
	const found = written(day);
	return isLocalDate(found) ? found : undefined;
}
