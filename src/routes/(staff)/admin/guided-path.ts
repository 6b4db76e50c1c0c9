import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { HOUR_SECONDS } from '#lib/calendar/durations.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { UnitInTree } from '#lib/server/people/units/find-unit.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';

const COOKIE = 'mulai';

/** Remembers for an hour which office's guided path is open in this browser. The pages of the settings lead back to it. */
export const rememberPath = ({ cookies, params }: Pick<RequestEvent<{ code: string }>, 'cookies' | 'params'>): void =>
	cookies.set(COOKIE, params.code, { path: '/admin', maxAge: HOUR_SECONDS });

/** Deletes the cookie, so that the next person at this computer does not get the path. */
export const forgetPath = (cookies: Cookies): void => cookies.delete(COOKIE, { path: '/admin' });

/**
 * The office whose guided path links to this form (`?mulai=1203`) or was opened within the hour. Only an office of the
 * actor, because another person may have opened the path, and roles end.
 */
export async function pathOffice(
	actor: Actor,
	{ url, cookies }: Pick<RequestEvent, 'url' | 'cookies'>
): Promise<UnitInTree | undefined> {
	const opened = url.searchParams.get('mulai') ?? cookies.get(COOKIE);
	return (await unitsForAdmin(actor)).find(({ code }) => code === opened);
}
