import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Actor } from '../people/actor.ts';

/** Who is signed in, on a page behind the gate: `guardRooms` has sent strangers away already. */
export function signedIn(locals: App.Locals): Actor {
	if (!locals.actor) error(403, { message: m.error_not_allowed() });
	return locals.actor;
}
