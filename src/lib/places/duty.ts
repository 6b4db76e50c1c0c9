import { weekday, type ClockTime, type LocalDate, type Weekday } from '#lib/calendar/days.ts';

/** End of a shift that lasts until the end of its day. It sorts after every time of day. */
export const MIDNIGHT: ClockTime = '24:00';

/**
 * The time an officer sits at a desk: every week on a weekday, or on one date. Start and end are on the same day in the
 * unit's zone. The end is excluded, so that one shift may begin when another ends.
 */
export interface Shift {
	officerId: string;
	weekday: Weekday | null;
	day: LocalDate | null;
	startsAt: ClockTime;
	endsAt: ClockTime;
}

/** A date and time on the clock of the office. */
export interface WallTime {
	day: LocalDate;
	time: ClockTime;
}

/**
 * Returns the shift at a moment. A shift for this date takes precedence over a weekly shift that covers the same time;
 * at other times of the day the weekly shifts still apply. If several match, the one that began last is used.
 */
export function shiftAt<S extends Shift>(shifts: readonly S[], { day, time }: WallTime): S | null {
	return running(shifts, { day, time }).sort(latestFirst)[0] ?? null;
}

/**
 * Returns the shifts that run at a moment. If none runs, those of the day that ended last, at `since` or later. Shifts
 * for this date take precedence, as in `shiftAt`.
 */
export function latestShifts<S extends Shift>(shifts: readonly S[], { day, time }: WallTime, since: ClockTime): S[] {
	const present = running(shifts, { day, time });
	const ofDay = shifts.filter((shift) => isOn(shift, day));
	const ends = ofDay.map(({ endsAt }) => endsAt).filter((end) => since <= end && end <= time);
	const end = ends.sort().at(-1);
	if (present.length > 0 || end === undefined) return present;
	return inForce(
		ofDay.filter(({ startsAt, endsAt }) => startsAt < end && end <= endsAt),
		day
	);
}

/** Whether a shift is on a date. */
export const isOn = (shift: Pick<Shift, 'day' | 'weekday'>, day: LocalDate): boolean =>
	shift.day === day || (shift.day === null && shift.weekday === weekday(day));

/** The shifts that run at a moment. */
const running = <S extends Shift>(shifts: readonly S[], { day, time }: WallTime): S[] =>
	inForce(
		shifts.filter(({ startsAt, endsAt }) => startsAt <= time && time < endsAt),
		day
	);

/** Which of several shifts at the same time apply on a date: those for this date, or else the weekly ones. */
function inForce<S extends Shift>(shifts: readonly S[], day: LocalDate): S[] {
	const ofDate = shifts.filter((shift) => shift.day === day);
	return ofDate.length > 0 ? ofDate : shifts.filter((shift) => isOn(shift, day));
}

const latestFirst = (a: Shift, b: Shift) =>
	b.startsAt.localeCompare(a.startsAt) || a.officerId.localeCompare(b.officerId);

/**
 * Returns the id of the officer on duty at a desk: the officer of the shift, or without a shift the desk's own officer.
 * Null if there is none or the officer is absent, because a wrong name on a rating is worse than none.
 * @param present ids of the active officers who are not absent on that day
 */
export function dutyAt(
	desk: { officerId: string | null; shifts: readonly Shift[] },
	moment: WallTime,
	present: ReadonlySet<string>
): string | null {
	const officerId = shiftAt(desk.shifts, moment)?.officerId ?? desk.officerId;
	return officerId !== null && present.has(officerId) ? officerId : null;
}

/** Whether a tablet or display can be paired with a place of this kind. A box or poster has no counter. */
export const takesDevices = (kind: string): boolean => kind === 'desk' || kind === 'kiosk';
