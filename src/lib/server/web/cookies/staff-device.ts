import type { Cookies } from '@sveltejs/kit';
import { newDevice, type Device } from '#lib/server/people/sign-in/known-devices.ts';
import { sealedCookie } from './sealed-cookie.ts';

/** The device for sign-in. It grants no access; it only records which devices an account was used on. */
export const staffDeviceCookie = sealedCookie<Device>('perangkat_masuk', 365 * 24 * 60 * 60, '/login');

/** Gives a browser on the sign-in page an id, so that its attempts are distinguished from others at the same address. */
export async function introduceDevice(cookies: Cookies): Promise<void> {
	if (!(await staffDeviceCookie.read(cookies))) await staffDeviceCookie.write(cookies, newDevice());
}
