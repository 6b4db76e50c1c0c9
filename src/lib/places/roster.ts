import { z } from 'zod';
import { isLocalDate, type Weekday } from '#lib/calendar/days.ts';
import { MIDNIGHT, type Shift } from './duty.ts';

export interface RosterShift extends Shift {
	id: string;
	officer: string;
	/** The officer no longer works here, so the shift has no officer on duty. */
	officerInactive: boolean;
	/** What the form that changes the shift is loaded with (see `StaleCheck`). */
	seen: string;
}

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const satisfies readonly Weekday[];

// Messages are codes; their texts are in `errors.{id,en}.json` under `error_<code>`.

const time = z.string('roster_time').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'roster_time');

const span = {
	officerId: z.uuid('roster_officer'),
	startsAt: time,
	/** A form's time field has no 24:00, so 00:00 as end means the end of the day. */
	endsAt: time.transform((end) => (end === '00:00' ? MIDNIGHT : end))
};
const inOrder = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => startsAt < endsAt;
const outOfOrder = { path: ['endsAt'], message: 'roster_order' };

const weekday = z.coerce.number('roster_weekdays').pipe(z.literal(WEEKDAYS, 'roster_weekdays'));
const weekdays = z.array(weekday, 'roster_weekdays').min(1, 'roster_weekdays');

/** The same shift on one or more weekdays of every week. */
export const weekShiftInput = z.object({ ...span, weekdays }).refine(inOrder, outOfOrder);

export const dayShiftInput = z
	.object({ ...span, day: z.string('admin_date').refine(isLocalDate, 'admin_date') })
	.refine(inOrder, outOfOrder);

/** A new officer or new times for a stored shift; its day stays. */
export const shiftChange = z.object(span).refine(inOrder, outOfOrder);

/** Copies the shifts of one weekday to others. */
export const weekdayCopy = z.object({ from: weekday, to: weekdays });

/** Finds the first other shift that overlaps this one. Both must be on the same weekday or on the same date. */
export function findOverlap<S extends Shift>(shift: Shift, others: readonly S[]): S | undefined {
	return others.find(
		(other) =>
			other.day === shift.day &&
			other.weekday === shift.weekday &&
			other.startsAt < shift.endsAt &&
			shift.startsAt < other.endsAt
	);
}
