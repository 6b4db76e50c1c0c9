import { addDays, localDate, localTime, weekday, type LocalDate } from '#lib/calendar/days.ts';
import { hoursOn, type DayHours } from '#lib/calendar/workday-hours.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { reference, type Unit } from '#lib/server/reference/reference.ts';

const FRIDAY = 5;
/** Days searched for the next opening. No holidays in Indonesia are this long. */
const SEARCHED_DAYS = 21;

/** The hours of an office in the present week, whether it is open now, and until when or from when. */
export interface OfficeHours {
	/** Monday to Thursday, or to Friday if Friday has no hours of its own. */
	usual: DayHours;
	friday: DayHours | null;
	/** Until when it is open now. */
	until: string | null;
	/** When it opens next, if it is closed now. */
	next: { day: LocalDate; inDays: number; start: string } | null;
}

/** Opening hours as they are at this moment, by the office's calendar and time zone. */
export async function officeHours({ hours, timeZone }: Pick<Unit, 'hours' | 'timeZone'>): Promise<OfficeHours> {
	const { calendar } = await reference();
	const [today, time] = [localDate(now(), timeZone), localTime(now(), timeZone)];
	const monday = addDays(today, 1 - weekday(today));
	const [usual, ofFriday] = [hoursOn(monday, hours), hoursOn(addDays(monday, FRIDAY - 1), hours)];
	const isUsual = ofFriday.start === usual.start && ofFriday.end === usual.end;
	const week = {
		usual: { start: usual.start, end: usual.end },
		friday: isUsual ? null : { start: ofFriday.start, end: ofFriday.end }
	};
	const { start, end } = hoursOn(today, hours);
	if (isWorkingDay(today, calendar) && start <= time && time < end) return { ...week, until: end, next: null };
	for (let inDays = 0; inDays < SEARCHED_DAYS; inDays += 1) {
		const day = addDays(today, inDays);
		const { start: opens } = hoursOn(day, hours);
		if (isWorkingDay(day, calendar) && (inDays > 0 || time < opens))
			return { ...week, until: null, next: { day, inDays, start: opens } };
	}
	return { ...week, until: null, next: null };
}
