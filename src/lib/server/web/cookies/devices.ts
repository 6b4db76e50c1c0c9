import type { Cookies } from '@sveltejs/kit';
import { randomSecret } from '#lib/server/keys.ts';
import { deviceKey } from '#lib/server/people/rate-limits.ts';
import { newDevice, type Device } from '#lib/server/people/sign-in/known-devices.ts';
import { encryptedCookie } from './encrypted-cookie.ts';

const DAY = 24 * 60 * 60;

/** Recognises a browser within a day by a random id. Only its hash is counted, never stored with a rating. */
const deviceCookie = encryptedCookie<{ id: string }>('perangkat', DAY);

export async function deviceOf(cookies: Cookies): Promise<string> {
	const id = (await deviceCookie.read(cookies))?.id ?? randomSecret(16);
	await deviceCookie.write(cookies, { id });
	return deviceKey(id);
}

/** The device of a known browser, else null. Viewing a page creates no id. */
export async function knownDevice(cookies: Cookies): Promise<string | null> {
	const known = await deviceCookie.read(cookies);
	return known ? deviceKey(known.id) : null;
}

/** The device for sign-in. It grants no access; it only records which devices an account was used on. */
export const staffDeviceCookie = encryptedCookie<Device>('perangkat_masuk', 365 * DAY, '/login');

/** The account whose password was right while its code is awaited. The generation ends it with the account's sessions. */
export const codeCookie = encryptedCookie<{ accountId: string; generation: number }>('kode_masuk', 5 * 60, '/login');

/** Gives a browser on the sign-in page an id, so that its attempts are distinguished from others at the same address. */
export async function introduceDevice(cookies: Cookies): Promise<void> {
	if (!(await staffDeviceCookie.read(cookies))) await staffDeviceCookie.write(cookies, newDevice());
}
