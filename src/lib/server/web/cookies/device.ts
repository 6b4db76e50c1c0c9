import type { Cookies } from '@sveltejs/kit';
import { randomSecret } from '#lib/server/keys.ts';
import { deviceKey } from '#lib/server/people/limits.ts';
import { sealedCookie } from './sealed-cookie.ts';

/** Recognises a browser within a day by a random id. Only its hash is counted, never stored with a rating. */
const deviceCookie = sealedCookie<{ id: string }>('perangkat', 24 * 60 * 60);

/** The hashed id of the browser; a new browser gets an id. */
export async function deviceOf(cookies: Cookies): Promise<string> {
	const id = (await deviceCookie.read(cookies))?.id ?? randomSecret(16);
	await deviceCookie.write(cookies, { id });
	return deviceKey(id);
}

/** The same for a known browser; viewing a page creates no id. */
export async function knownDevice(cookies: Cookies): Promise<string | null> {
	const known = await deviceCookie.read(cookies);
	return known ? deviceKey(known.id) : null;
}
