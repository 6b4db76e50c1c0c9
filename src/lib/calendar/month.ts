import { addDays, weekday, type LocalDate } from './days.ts';

const two = (number: number) => String(number).padStart(2, '0');

/** The weeks of a month (1 to 12) as rows of seven, Monday first; null if the day belongs to another month. */
export function weeksOfMonth(year: number, month: number): (LocalDate | null)[][] {
	const prefix = `${year}-${two(month)}-`;
	const first = `${prefix}01`;
	const cells: (LocalDate | null)[] = Array.from({ length: weekday(first) - 1 }, () => null);
	for (let day = first; day.startsWith(prefix); day = addDays(day, 1)) cells.push(day);
	while (cells.length % 7 > 0) cells.push(null);
	return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
