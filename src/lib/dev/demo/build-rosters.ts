import { addDays } from '#lib/calendar/days.ts';
import { officeIn, type BuiltOffice } from './build-offices.ts';
import { actorIn, type Company } from './open-story.ts';
import { atMinute } from './past-days.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addDayShift, addWeekShifts } from '#lib/server/places/roster-shifts.ts';

const MORNING = { startsAt: '08:00', endsAt: '12:00' };
const AFTERNOON = { startsAt: '12:00', endsAt: '16:00' };

const idOf = ({ officers }: BuiltOffice, index: number): string => officers[index]?.id ?? '';

/** Everywhere the second desk is shared: two take turns from Monday to Thursday, a third one has the Friday. */
export async function buildRosters(offices: readonly BuiltOffice[], admin: Actor): Promise<void> {
	for (const office of offices) {
		const desk = office.sharedDesk.id;
		await addWeekShifts(admin, desk, { officerId: idOf(office, 1), weekdays: [1, 2, 3, 4], ...MORNING });
		await addWeekShifts(admin, desk, { officerId: idOf(office, 2), weekdays: [1, 2, 3, 4], ...AFTERNOON });
		await addWeekShifts(admin, desk, { officerId: idOf(office, 3), weekdays: [5], startsAt: '08:00', endsAt: '16:00' });
	}
}

/** In Mamuju somebody stood in the other day, and somebody will next week. */
export async function standIns(company: Company): Promise<void> {
	const { days, offices, setClock } = company;
	const mamuju = officeIn(offices, 'mamuju');
	const head = actorIn(company, 'head', 'mamuju');
	const shift = { officerId: idOf(mamuju, 4), ...MORNING };
	setClock(atMinute(days.workingDay(3), 7 * 60 + 50));
	await addDayShift(head, mamuju.sharedDesk.id, { ...shift, day: days.workingDay(3) });
	setClock(atMinute(days.workingDay(1), 15 * 60));
	await addDayShift(head, mamuju.sharedDesk.id, { ...shift, day: addDays(days.workingDay(1), 7) });
}
