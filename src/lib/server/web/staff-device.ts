import type { Cookies } from '@sveltejs/kit';
import { newDevice, type Device } from '../people/known-devices.ts';
import { sealedCookie } from './sealed-cookie.ts';

/** The device for sign-in. It opens nothing: it only tells which devices an account has been used on. */
export const staffDeviceCookie = sealedCookie<Device>('perangkat_masuk', 365 * 24 * 60 * 60, '/login');

/** Gives a browser that opens the sign-in page an id, so that tries from it are told apart from others at its address. */
export async function introduceDevice(cookies: Cookies): Promise<void> {
	if (!(await staffDeviceCookie.read(cookies))) await staffDeviceCookie.write(cookies, newDevice());
}
