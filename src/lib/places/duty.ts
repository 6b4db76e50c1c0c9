import { weekday, type ClockTime, type LocalDate, type Weekday } from '#lib/calendar/days.ts';

/** The end of a shift that lasts to the end of its day: sorts behind every time a clock shows. */
export const MIDNIGHT: ClockTime = '24:00';

/**
 * From when to when an officer sits at a desk: each week on a weekday, or on one day alone. It begins and ends on the same
 * day, by the clock of the unit's zone; the end is no longer part of it, so that one shift may begin where another ends.
 */
export interface Shift {
	officerId: string;
	weekday: Weekday | null;
	day: LocalDate | null;
	startsAt: ClockTime;
	endsAt: ClockTime;
}

/** A moment as the clock on the office's wall shows it. */
export interface WallTime {
	day: LocalDate;
	time: ClockTime;
}

/**
 * The shift that holds at a moment. A shift of that one day goes before the week's where both cover it; around it the
 * week's still hold, so that somebody who stands in for two hours is one entry. Of several the one that began last.
 */
export function shiftAt<S extends Shift>(shifts: readonly S[], { day, time }: WallTime): S | null {
	const covering = shifts.filter(({ startsAt, endsAt }) => startsAt <= time && time < endsAt);
	const today = covering.filter((shift) => shift.day === day);
	const weekly = covering.filter((shift) => shift.day === null && shift.weekday === weekday(day));
	return [...today].sort(latestFirst)[0] ?? [...weekly].sort(latestFirst)[0] ?? null;
}

const latestFirst = (a: Shift, b: Shift) =>
	b.startsAt.localeCompare(a.startsAt) || a.officerId.localeCompare(b.officerId);

/**
 * Who is on duty at a desk; null if nobody is known. Without a shift it is the desk's own officer. Where the shift's
 * officer is away it is nobody: a wrong name on a rating is worse than none.
 *
 * @param present those of the officers who work and are not marked absent on that day
 */
export function dutyAt(
	desk: { officerId: string | null; shifts: readonly Shift[] },
	moment: WallTime,
	present: ReadonlySet<string>
): string | null {
	const officerId = shiftAt(desk.shifts, moment)?.officerId ?? desk.officerId;
	return officerId !== null && present.has(officerId) ? officerId : null;
}

/** Where a tablet or a display can stand: a box and a poster have no counter behind them. */
export const takesDevices = (kind: string): boolean => kind === 'desk' || kind === 'kiosk';
