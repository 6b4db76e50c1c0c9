import { isLocalDate, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthsAfter, monthStart, quarterStart, type Period } from './period.ts';

/** Key of a calendar period: `2026` a year, `2026-Q3` a quarter (triwulan), `2026-07` a month. */
export type PeriodKey = string;

/** How many years, quarters and months a list offers, including the current one. */
const OFFERED = { year: 3, quarter: 8, month: 12 } as const;
export type Grain = keyof typeof OFFERED;
const MONTHS: Record<Grain, number> = { year: 12, quarter: 3, month: 1 };

/** The period of a key; an unfinished one ends today. Undefined if the key is invalid or the period has not begun. */
export function periodOfKey(key: PeriodKey, today: LocalDate): Period | undefined {
	const [, year = '', , quarter, month] = /^(\d{4})(-(?:Q([1-4])|(\d{2})))?$/.exec(key) ?? [];
	const grain: Grain = quarter ? 'quarter' : month ? 'month' : 'year';
	const first = quarter ? String(Number(quarter) * 3 - 2).padStart(2, '0') : (month ?? '01');
	const from = `${year}-${first}-01`;
	if (!isLocalDate(from) || from > today) return undefined;
	const end = monthEnd(monthsAfter(from, MONTHS[grain] - 1));
	return { from, to: end < today ? end : today };
}

/**
 * The key of a period that is a whole year, quarter or month, or one that has begun and ends today; undefined otherwise.
 * If several match, the longest is used.
 */
export function keyOf({ from, to }: Period, today: LocalDate): PeriodKey | undefined {
	return (['year', 'quarter', 'month'] as const)
		.map((grain) => keyStartingAt(startOf(from, grain), grain))
		.find((key) => {
			const named = periodOfKey(key, today);
			return named?.from === from && named.to === to;
		});
}

/** Keys that can be selected, each list newest first. */
export function selectableKeys(today: LocalDate): Record<Grain, PeriodKey[]> {
	const list = (grain: Grain) =>
		Array.from({ length: OFFERED[grain] }, (_, back) =>
			keyStartingAt(monthsAfter(startOf(today, grain), -back * MONTHS[grain]), grain)
		);
	return { year: list('year'), quarter: list('quarter'), month: list('month') };
}

/** The key of the previous (-1) or next (1) period of the same kind. */
export function adjacentKey(key: PeriodKey, step: 1 | -1): PeriodKey {
	const grain = grainOf(key);
	// On this day every period has begun.
	const first = periodOfKey(key, '2199-12-31')?.from;
	if (!first) throw new RangeError(`${key} names no period`);
	return keyStartingAt(monthsAfter(first, step * MONTHS[grain]), grain);
}

export function grainOf(key: PeriodKey): Grain {
	return key.includes('Q') ? 'quarter' : key.length > 4 ? 'month' : 'year';
}

function startOf(day: LocalDate, grain: Grain): LocalDate {
	return grain === 'year' ? `${day.slice(0, 4)}-01-01` : grain === 'quarter' ? quarterStart(day) : monthStart(day);
}

/** @param first the first day of a period of this grain */
function keyStartingAt(first: LocalDate, grain: Grain): PeriodKey {
	const year = first.slice(0, 4);
	if (grain === 'year') return year;
	return grain === 'month' ? first.slice(0, 7) : `${year}-Q${Math.ceil(Number(first.slice(5, 7)) / 3)}`;
}
