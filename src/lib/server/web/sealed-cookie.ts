import type { Cookies } from '@sveltejs/kit';
import { env } from '../env.ts';
import { seal, unseal } from '../keys.ts';

/** Whether cookies may travel over TLS only; in a demo on a LAN there is none. */
export function secureCookies(): boolean {
	return (env().ORIGIN ?? []).length > 0 && (env().ORIGIN ?? []).every((origin) => origin.startsWith('https://'));
}

/**
 * A cookie whose content nobody but the site can read or make; it dies `seconds` after it was last written. Browsers send it
 * with requests for `path` and what lies below.
 */
export function sealedCookie<T extends Record<string, unknown>>(name: string, seconds: number, path = '/') {
	const options = () => ({ path, httpOnly: true, sameSite: 'lax' as const, secure: secureCookies() });
	return {
		read: async (cookies: Cookies) => (await unseal(cookies.get(name), name)) as T | undefined,
		write: async (cookies: Cookies, value: T) => {
			cookies.set(name, await seal(value, name, seconds), { ...options(), maxAge: seconds });
		},
		clear: (cookies: Cookies) => {
			if (cookies.get(name) !== undefined) cookies.delete(name, options());
		}
	};
}
