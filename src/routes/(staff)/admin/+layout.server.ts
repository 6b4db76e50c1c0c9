import { closedOffices } from '#lib/server/people/units/opening.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

/** Offices that are still being set up: each settings page leads back to the guided path. */
export const load = withActor(async (actor) => ({
	closed: (await closedOffices(actor)).map(({ code, name }) => ({ code, name }))
}));
