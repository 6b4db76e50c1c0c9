import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { LANGUAGE_COOKIE } from './language-cookie.ts';

/** Cookies that browsers send only with requests below a path. */
const BELOW_PATH: ReadonlySet<string> = new Set(['perangkat_masuk', 'kode_masuk', 'roomy', 'mulai']);

/**
 * The cookies of a request, by their own names. Over https they are stored with a prefix: browsers then accept no cookie
 * `__Host-…` from another host below the same domain, which could otherwise plant the cookie of a session or case there.
 * A cookie with a path can't have this prefix and gets `__Secure-`. Over http, as in a demo on a LAN, names have no prefix
 * and cookies do not require TLS.
 */
export function prefixedCookies({ cookies, url }: Pick<RequestEvent, 'cookies' | 'url'>): Cookies {
	const secure = url.protocol === 'https:';
	const stored = (name: string): string => {
		// Scripts read the language under this name. A forged cookie changes only the language.
		if (!secure || name === LANGUAGE_COOKIE) return name;
		return `${BELOW_PATH.has(name) ? '__Secure-' : '__Host-'}${name}`;
	};
	const own = (name: string): string => {
		const plain = name.replace(/^__(?:Host|Secure)-/, '');
		return stored(plain) === name ? plain : name;
	};
	const checkPath = (name: string, { path }: { path: string }) => {
		if ((path !== '/') !== BELOW_PATH.has(name)) throw new Error(`the cookie ${name} has another path`);
	};
	return {
		get: (name, options) => cookies.get(stored(name), options),
		getAll: (options) => cookies.getAll(options).map(({ name, value }) => ({ name: own(name), value })),
		set: (name, value, options) => {
			checkPath(name, options);
			cookies.set(stored(name), value, { ...options, secure });
		},
		delete: (name, options) => {
			checkPath(name, options);
			cookies.delete(stored(name), { ...options, secure });
		},
		serialize: (name, value, options) => cookies.serialize(stored(name), value, { ...options, secure })
	};
}
