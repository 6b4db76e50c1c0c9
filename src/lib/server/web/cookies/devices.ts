import type { Cookies } from '@sveltejs/kit';
import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import type { ProviderChecks } from '#lib/server/integrations/oidc.ts';
import { randomSecret } from '#lib/server/keys.ts';
import { deviceKey } from '#lib/server/rate-limits.ts';
import { newDevice, type Device } from '#lib/server/people/sign-in/known-devices.ts';
import type { CodeStep } from '#lib/server/people/sign-in/sign-in.ts';
import { encryptedCookie } from './encrypted-cookie.ts';

/** Recognises a browser within a day by a random id. Only its hash is counted, never stored with a rating. */
const deviceCookie = encryptedCookie<{ id: string }>('perangkat', DAY_SECONDS);

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
export const staffDeviceCookie = encryptedCookie<Device>('perangkat_masuk', 365 * DAY_SECONDS, '/login');

/** A sign-in by the identity provider that has begun, to link an account or to confirm a session. */
export interface SignOn extends ProviderChecks {
	purpose: 'enter' | 'link' | 'confirm';
	/** When it began, in milliseconds. */
	begunAt: number;
	/** The session that the browser must still have at the end, and its account. */
	session?: string;
	accountId?: string;
	/** The page to open after a sign-in. */
	next?: string;
}

/**
 * The step of a sign-in that is awaited: `code` of an account whose password was right (the generation ends it with the
 * account's sessions), or the response of the identity provider.
 */
export const unfinishedSignInCookie = encryptedCookie<{ code?: CodeStep; sso?: SignOn }>(
	'kode_masuk',
	5 * 60,
	'/login'
);

/** Gives a browser on the sign-in page an id, so that its attempts are distinguished from others at the same address. */
export async function introduceDevice(cookies: Cookies): Promise<void> {
	if (!(await staffDeviceCookie.read(cookies))) await staffDeviceCookie.write(cookies, newDevice());
}
