import type { Cookies } from '@sveltejs/kit';
import { decryptFromBrowser, encryptForBrowser } from '#lib/server/keys.ts';

/**
 * An encrypted cookie that only the site can read or create. It expires `seconds` after the last write. Browsers send it with
 * requests for `path` and below.
 */
export function encryptedCookie<T extends Record<string, unknown>>(name: string, seconds: number, path = '/') {
	const options = { path, httpOnly: true, sameSite: 'lax' as const };
	return {
		name,
		read: async (cookies: Cookies) => (await decryptFromBrowser(cookies.get(name), name)) as T | undefined,
		write: async (cookies: Cookies, value: T) => {
			cookies.set(name, await encryptForBrowser(value, name, seconds), { ...options, maxAge: seconds });
		},
		clear: (cookies: Cookies) => {
			if (cookies.get(name) !== undefined) cookies.delete(name, options);
		}
	};
}
