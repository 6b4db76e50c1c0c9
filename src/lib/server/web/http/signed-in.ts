import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Actor } from '#lib/server/people/actor.ts';

/** The signed-in actor of a page behind the gate, where `guardRooms` has already refused everybody else. */
export function signedIn(locals: App.Locals): Actor {
	if (!locals.actor) error(403, { message: m.error_not_allowed() });
	return locals.actor;
}
