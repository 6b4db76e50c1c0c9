import { tryRouting } from '#lib/server/cases/triage/routing-trial.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	units: (await unitsForAdmin(actor)).map(({ id, code, name, depth }) => ({ id, code, name, depth }))
}));

export const actions = {
	// Returns the result without a redirect, because the pasted text must not be in an address.
	default: formAction(async (actor, { data, typed }) => ({ trial: await tryRouting(actor, data), input: typed }))
};
