import { addWeekShifts, copyWeekday } from '#lib/server/places/roster-shifts.ts';
import { changeRoster, rosterPage, shiftActions } from '#lib/server/web/forms/roster-form.ts';

export const load = (event) => rosterPage(event, 'admin');

export const actions = {
	...shiftActions,
	week: (event) => changeRoster(event, addWeekShifts),
	copy: (event) => changeRoster(event, copyWeekday)
};
