import { closedOffices } from '#lib/server/people/units/opening.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { pathOffice } from './guided-path.ts';

/**
 * Each settings page leads back to the guided path that was open last, else to that of the actor's only office while it
 * is closed, else to the list of offices while some are.
 */
export const load = withActor(async (actor, event) => {
	const closed = await closedOffices(actor);
	// Of several offices, the closed one need not be that of the page.
	const office = (await pathOffice(actor, event)) ?? (actor.units.admin.length === 1 ? closed[0] : undefined);
	return { guidedPath: { closed: closed.length, office: office && { code: office.code, name: office.name } } };
});
