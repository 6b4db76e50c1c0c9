import { tryRouting } from '#lib/server/cases/triage/routing-trial.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	units: (await unitsForAdmin(actor)).map(({ id, code, name, depth }) => ({ id, code, name, depth }))
}));

export const actions = {
	// No redirect: nothing was changed, and pasted text must not be in an address.
	default: formAction(async (actor, { data, typed }) => ({ trial: await tryRouting(actor, data), tried: typed }))
};
