import { and, between, count, eq } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthsAfter } from '#lib/ratings/period.ts';
import { responseRate } from '#lib/visits/response.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { LIFE_DAYS } from './entry.ts';

export interface MonthResponse {
	/** The first day of the month. */
	month: LocalDate;
	visits: number;
	answered: number;
	rate: number;
}

/**
 * How many of a unit's visits were answered with a rating, for the last month whose links are all past: a figure that
 * moves with no single one, for everybody at the desk. Null if it would speak of too few.
 */
export async function lastResponse(unit: { id: string; timeZone: string }): Promise<MonthResponse | null> {
	const today = localDate(now(), unit.timeZone);
	const month = monthsAfter(addDays(today, -(LIFE_DAYS + 1)), -1);
	const days = await db()
		.select({ visits: count(), answered: count(visits.usedOn) })
		.from(visits)
		.where(and(eq(visits.unitId, unit.id), between(visits.day, month, monthEnd(month))))
		.groupBy(visits.day);
	const noted = days.reduce((sum, day) => sum + day.visits, 0);
	const answered = days.reduce((sum, day) => sum + day.answered, 0);
	const rate = responseRate({ visits: noted, visitDays: days.length, answered });
	return rate === null ? null : { month, visits: noted, answered, rate };
}
