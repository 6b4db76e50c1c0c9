import type { Cookies } from '@sveltejs/kit';
import { randomSecret } from '../keys.ts';
import { deviceKey } from '../people/limits.ts';
import { sealedCookie } from './sealed-cookie.ts';

/** Tells a browser again within a day. A random id and nothing else; its hash is counted, and stands beside no rating. */
const deviceCookie = sealedCookie<{ id: string }>('perangkat', 24 * 60 * 60);

/** The browser as `deviceKey` hashes it; one that comes for the first time is given an id. */
export async function deviceOf(cookies: Cookies): Promise<string> {
	const id = (await deviceCookie.read(cookies))?.id ?? randomSecret(16);
	await deviceCookie.write(cookies, { id });
	return deviceKey(id);
}

/** The same where it is known already; looking at a page gives nobody an id. */
export async function knownDevice(cookies: Cookies): Promise<string | null> {
	const known = await deviceCookie.read(cookies);
	return known ? deviceKey(known.id) : null;
}
