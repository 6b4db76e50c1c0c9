import { addWeekShifts, copyWeekday } from '#lib/server/places/roster-shifts.ts';
import { rosterAction, rosterPage, shiftActions } from '#lib/server/web/forms/roster-form.ts';

export const load = rosterPage('admin');

export const actions = { ...shiftActions, week: rosterAction(addWeekShifts), copy: rosterAction(copyWeekday) };
