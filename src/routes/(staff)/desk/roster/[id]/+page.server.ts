import { rosterPage, shiftActions } from '#lib/server/web/forms/roster-form.ts';

export const load = (event) => rosterPage(event, 'handler', 'supervisor');

export const actions = shiftActions;
