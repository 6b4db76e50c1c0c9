import { addDays } from '#lib/calendar/days.ts';
import { officeIn, type BuiltOffice } from './build-offices.ts';
import { actorIn, type DemoRun } from './open-story.ts';
import { atMinute } from './past-days.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addDayShift, addWeekShifts } from '#lib/server/places/roster-shifts.ts';

const MORNING = { startsAt: '08:00', endsAt: '12:00' };
const AFTERNOON = { startsAt: '12:00', endsAt: '16:00' };

const idOf = ({ officers }: BuiltOffice, index: number): string => officers[index]?.id ?? '';

/**
 * Creates the roster of each office's shared desk: two officers share the days from Monday to Thursday, a third has the
 * Friday.
 */
export async function buildRosters(offices: readonly BuiltOffice[], admin: Actor): Promise<void> {
	for (const office of offices) {
		const desk = office.sharedDesk.id;
		await addWeekShifts(admin, desk, { officerId: idOf(office, 1), weekdays: [1, 2, 3, 4], ...MORNING });
		await addWeekShifts(admin, desk, { officerId: idOf(office, 2), weekdays: [1, 2, 3, 4], ...AFTERNOON });
		await addWeekShifts(admin, desk, { officerId: idOf(office, 3), weekdays: [5], startsAt: '08:00', endsAt: '16:00' });
	}
}

/** Adds two substitutions in Mamuju: one three working days ago, one next week. */
export async function standIns(run: DemoRun): Promise<void> {
	const { days, offices, setClock } = run;
	const mamuju = officeIn(offices, 'mamuju');
	const head = actorIn(run, 'head', 'mamuju');
	const shift = { officerId: idOf(mamuju, 4), ...MORNING };
	setClock(atMinute(days.workingDay(3), 7 * 60 + 50));
	await addDayShift(head, mamuju.sharedDesk.id, { ...shift, day: days.workingDay(3) });
	setClock(atMinute(days.workingDay(1), 15 * 60));
	await addDayShift(head, mamuju.sharedDesk.id, { ...shift, day: addDays(days.workingDay(1), 7) });
}
