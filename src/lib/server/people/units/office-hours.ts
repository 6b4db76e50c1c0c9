import { addDays, localDate, localTime, type LocalDate } from '#lib/calendar/days.ts';
import { hoursOn, weekHoursOn, type DayHours, type WorkdayHours } from '#lib/calendar/workday-hours.ts';
import { isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';

const FRIDAY = 5;
/** Days searched for the next opening. No holidays in Indonesia are this long. */
const SEARCHED_DAYS = 21;

/** The weekly hours in force today, or at the next opening if the office is closed; when it closes or opens next. */
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
	const { calendar } = await referenceData();
	const [today, time] = [localDate(now(), timeZone), localTime(now(), timeZone)];
	const { start, end } = hoursOn(today, hours);
	const isOpen = isWorkingDay(today, calendar) && start <= time && time < end;
	const next = isOpen ? null : nextOpening(today, time, hours, calendar);
	const week = weekHoursOn(next?.day ?? today, hours);
	const usual = { start: week.start, end: week.end };
	const ofFriday = week.weekdays?.[FRIDAY] ?? usual;
	const isUsual = ofFriday.start === usual.start && ofFriday.end === usual.end;
	return { usual, friday: isUsual ? null : ofFriday, until: isOpen ? end : null, next };
}

function nextOpening(today: LocalDate, time: string, hours: WorkdayHours, calendar: Calendar): OfficeHours['next'] {
	for (let inDays = 0; inDays < SEARCHED_DAYS; inDays += 1) {
		const day = addDays(today, inDays);
		const { start } = hoursOn(day, hours);
		if (isWorkingDay(day, calendar) && (inDays > 0 || time < start)) return { day, inDays, start };
	}
	return null;
}
