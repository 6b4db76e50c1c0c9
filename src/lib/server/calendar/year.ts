import { localDate, yearOf } from '#lib/calendar/days.ts';
import { missingYears } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { decreeCsv } from './decree-csv.ts';
import { loadCalendar } from './load.ts';

/** Years whose decree is loaded, latest first. */
export async function decreedYears(): Promise<number[]> {
	return Object.keys((await loadCalendar()).years)
		.map(Number)
		.reverse();
}

/** One year's days off, in order. Without a decree every deadline that reaches into the year is provisional. */
export async function calendarYear(year: number) {
	const { years, days } = await loadCalendar();
	const ofYear = Object.entries(days).filter(([day]) => yearOf(day) === year);
	return {
		year,
		decree: years[year]?.decree ?? null,
		days: ofYear.map(([day, off]) => ({ day, ...off })).sort((a, b) => (a.day < b.day ? -1 : 1))
	};
}

/** The year's days off as CSV that can be loaded again. */
export async function calendarYearCsv(year: number): Promise<string> {
	const { days } = await calendarYear(year);
	return decreeCsv(days.map(({ day, kind, name }) => ({ date: day, kind, name })));
}

/** Years whose decree is missing, earliest first. Administrators are reminded until it is loaded. */
export async function missingDecrees(): Promise<number[]> {
	return missingYears(localDate(now(), await firstZone()), await decreedYears());
}
