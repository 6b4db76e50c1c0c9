import { practisedOffices } from '#lib/server/people/units/trial.ts';

export const load = async ({ locals }) => ({ lang: locals.lang, trial: await practisedOffices(locals.actor) });
