import type { Actor } from '#lib/server/people/actor.ts';

/** A path of this site in plain characters, as `guardRooms` wrote it down: never another host, which `//` or a backslash would name. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** Where somebody goes after signing in: where they wanted to, else to the room of their first role. */
export function nextPage(wanted: string, actor: Actor): string {
	if (OWN_PATH.test(wanted) && !/^\/(?:login|logout)\b/.test(wanted)) return wanted;
	const { units } = actor;
	if (units.handler.length + units.supervisor.length > 0) return '/desk';
	if (units.manager.length > 0) return '/insight';
	if (units.admin.length > 0) return '/admin';
	return '/me';
}
