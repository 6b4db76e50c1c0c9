import type { Cookies } from '@sveltejs/kit';
import { env } from '#lib/server/env.ts';
import { seal, unseal } from '#lib/server/keys.ts';

/** Whether cookies require TLS; a demo on a LAN has none. */
export function secureCookies(): boolean {
	return (env().ORIGIN ?? []).length > 0 && (env().ORIGIN ?? []).every((origin) => origin.startsWith('https://'));
}

/**
 * An encrypted cookie that only the site can read or create. It expires `seconds` after the last write. Browsers send it with
 * requests for `path` and below.
 */
export function encryptedCookie<T extends Record<string, unknown>>(name: string, seconds: number, path = '/') {
	const options = () => ({ path, httpOnly: true, sameSite: 'lax' as const, secure: secureCookies() });
	return {
		name,
		read: async (cookies: Cookies) => (await unseal(cookies.get(name), name)) as T | undefined,
		write: async (cookies: Cookies, value: T) => {
			cookies.set(name, await seal(value, name, seconds), { ...options(), maxAge: seconds });
		},
		clear: (cookies: Cookies) => {
			if (cookies.get(name) !== undefined) cookies.delete(name, options());
		}
	};
}
