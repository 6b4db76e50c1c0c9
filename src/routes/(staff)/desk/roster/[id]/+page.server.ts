import { rosterPage, shiftActions } from '#lib/server/web/forms/roster-form.ts';

export const load = rosterPage('handler', 'supervisor');

export const actions = shiftActions;
