import { z } from 'zod';
import { isLocalDate, type Weekday } from '#lib/calendar/days.ts';
import { MIDNIGHT, type Shift } from './duty.ts';

export interface RosterShift extends Shift {
	id: string;
	officer: string;
	/** The officer was switched off since: the shift has nobody. */
	gone: boolean;
}

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const satisfies readonly Weekday[];

// Messages are codes: `errors.{id,en}.json` has their words under `error_<code>`.

const time = z.string('roster_time').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'roster_time');

const span = {
	officerId: z.uuid('roster_officer'),
	startsAt: time,
	/** A form's clock has no 24:00: midnight as an end is that of the day itself. */
	endsAt: time.transform((end) => (end === '00:00' ? MIDNIGHT : end))
};
const inOrder = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => startsAt < endsAt;
const outOfOrder = { path: ['endsAt'], message: 'roster_order' };

const weekday = z.coerce.number('roster_weekdays').pipe(z.literal(WEEKDAYS, 'roster_weekdays'));
const weekdays = z.array(weekday, 'roster_weekdays').min(1, 'roster_weekdays');

/** The same shift on one or more days of every week. */
export const weekShiftInput = z.object({ ...span, weekdays }).refine(inOrder, outOfOrder);

/** A shift on one day alone. */
export const dayShiftInput = z
	.object({ ...span, day: z.string('roster_day').refine(isLocalDate, 'roster_day') })
	.refine(inOrder, outOfOrder);

/** Another officer or other times for a shift that stands; its day stays. */
export const shiftChange = z.object(span).refine(inOrder, outOfOrder);

/** What one weekday has, for others too. */
export const dayCopy = z.object({ from: weekday, to: weekdays });

/** The first of the other shifts that meets this one: both of the same weekday, or both of the same single day. */
export function crossing<S extends Shift>(shift: Shift, others: readonly S[]): S | undefined {
	return others.find(
		(other) =>
			other.day === shift.day &&
			other.weekday === shift.weekday &&
			other.startsAt < shift.endsAt &&
			shift.startsAt < other.endsAt
	);
}
