import { asc, between, desc, eq } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { missingYears } from '#lib/calendar/working-calendar.ts';
import { db } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears } from '#lib/server/db/schema/clocks.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { decreeCsv } from './decree-csv.ts';

/** Years whose decree is loaded, latest first. */
export async function decreedYears(): Promise<number[]> {
	const rows = await db().select({ year: calendarYears.year }).from(calendarYears).orderBy(desc(calendarYears.year));
	return rows.map(({ year }) => year);
}

/** One year's days off, in order. Without a decree every deadline that reaches into the year is provisional. */
export async function calendarYear(year: number) {
	const [known] = await db().select().from(calendarYears).where(eq(calendarYears.year, year));
	const days = await db()
		.select()
		.from(calendarDays)
		.where(between(calendarDays.day, `${year}-01-01`, `${year}-12-31`))
		.orderBy(asc(calendarDays.day));
	return { year, decree: known?.decree ?? null, days };
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
