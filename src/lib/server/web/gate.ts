import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Actor } from '../people/actor.ts';

const holdsAny = (actor: Actor, ...roles: (keyof Actor['units'])[]) =>
	roles.some((role) => actor.units[role].length > 0);

/** Who may enter a room of the house at all; what they see inside is decided by each query. */
const ROOMS: Record<string, (actor: Actor) => boolean> = {
	desk: (actor) => holdsAny(actor, 'handler', 'supervisor'),
	insight: (actor) => holdsAny(actor, 'manager'),
	admin: (actor) => holdsAny(actor, 'admin'),
	me: () => true
};

/** Everybody's own notices: an administrator without a desk is told too. */
const OF_EVERYBODY = /^\/desk\/notices(?:\/|$)/;

/**
 * The pages of other rooms that people of the desk come to as well: supervisors write the texts their offices answer with and
 * file their periodic reports; whoever handles reports reads the board of them.
 */
const isOwnCorner = (actor: Actor, path: string) =>
	(/^\/(admin\/templates|insight\/rekap)(\/|$)/.test(path) && holdsAny(actor, 'supervisor')) ||
	(/^\/insight\/cases\/?$/.test(path) && holdsAny(actor, 'handler', 'supervisor'));

/** Sends strangers to the sign-in page and those without the role to a page that says so. */
export function guardRooms(event: RequestEvent): void {
	const room = ROOMS[event.url.pathname.split('/')[1] ?? ''];
	if (!room) return;
	const { actor } = event.locals;
	if (!actor) {
		const next = event.request.method === 'GET' ? event.url.pathname + event.url.search : event.url.pathname;
		redirect(303, `/login?next=${encodeURIComponent(next)}`);
	}
	const opened = room(actor) || OF_EVERYBODY.test(event.url.pathname) || isOwnCorner(actor, event.url.pathname);
	if (!opened) error(403, { message: m.error_not_allowed() });
}
