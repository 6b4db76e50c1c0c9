import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addDayShift, changeShift, removeShift } from '#lib/server/places/roster-shifts.ts';
import { rosterOf } from '#lib/server/places/roster.ts';
import { asForm, asPage } from '../http/answers.ts';
import { readForm } from '../http/form.ts';
import { signedIn } from '../http/gate.ts';

type Verb = (actor: Actor, placeId: string, data: Record<string, unknown>) => Promise<void>;

/** A desk's roster and the shift being edited, for people with one of the roles in its office. */
export function rosterPage({ locals, params, url }: RequestEvent<{ id: string }>, ...roles: Role[]) {
	return asPage(async () => ({
		roster: await rosterOf(signedIn(locals), params.id, ...roles),
		changing: url.searchParams.get('shift')
	}));
}

/** Form action of a desk's roster: changes the roster and returns to the page. */
export async function changeRoster(event: RequestEvent<{ id: string }>, verb: Verb) {
	const { data, typed } = await readForm(event.request, ['weekdays', 'to']);
	return asForm(typed, async () => {
		await verb(signedIn(event.locals), event.params.id, data);
		redirect(303, `${event.url.pathname}?saved`);
	});
}

/** Verbs on single shifts, for administration and desk. The domain checks permissions. */
export const shiftActions = {
	day: (event: RequestEvent<{ id: string }>) => changeRoster(event, addDayShift),
	change: (event: RequestEvent<{ id: string }>) =>
		changeRoster(event, (actor, placeId, data) => changeShift(actor, placeId, String(data.shift), data)),
	remove: (event: RequestEvent<{ id: string }>) =>
		changeRoster(event, (actor, placeId, data) => removeShift(actor, placeId, String(data.shift)))
};
