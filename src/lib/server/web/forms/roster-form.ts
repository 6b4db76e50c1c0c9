import type { RequestEvent } from '@sveltejs/kit';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addDayShift, changeShift, removeShift } from '#lib/server/places/roster-shifts.ts';
import { rosterOf } from '#lib/server/places/roster.ts';
import { changeThenOpen, withActor } from '../http/staff-page.ts';

type DeskEvent = RequestEvent<{ id: string }>;

/** A desk's roster and the shift being edited, for people with one of the roles in its office. */
export const rosterPage = (...roles: Role[]) =>
	withActor(async (actor, { params, url }: DeskEvent) => ({
		roster: await rosterOf(actor, params.id, ...roles),
		editedId: url.searchParams.get('shift')
	}));

/** Form action of a desk's roster: changes the roster and returns to the page. */
export const rosterAction = (verb: (actor: Actor, placeId: string, data: Record<string, unknown>) => Promise<void>) =>
	changeThenOpen(
		(actor, data, { params }: DeskEvent) => verb(actor, params.id, data),
		({ url }) => `${url.pathname}?saved`,
		{ lists: ['weekdays', 'to'] }
	);

/** Verbs on single shifts, for administration and desk. The domain checks permissions. */
export const shiftActions = {
	day: rosterAction(addDayShift),
	change: rosterAction((actor, placeId, data) => changeShift(actor, placeId, String(data.shift), data)),
	remove: rosterAction((actor, placeId, data) => removeShift(actor, placeId, String(data.shift)))
};
