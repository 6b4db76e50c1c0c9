import { localDate } from '#lib/calendar/days.ts';
import { yearsMissed } from '#lib/calendar/working-calendar.ts';
import { decreedYears } from './year.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';

/** The years whose decree is missed by now, the earlier first: what is announced until it is loaded. */
export async function missingDecrees(): Promise<number[]> {
	return yearsMissed(localDate(now(), await firstZone()), await decreedYears());
}
