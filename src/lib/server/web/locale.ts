import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestEvent } from '@sveltejs/kit';
import { baseLocale, isLocale, overwriteGetLocale, type Locale } from '#lib/paraglide/runtime.js';

const current = new AsyncLocalStorage<Locale>();
overwriteGetLocale(() => current.getStore() ?? baseLocale);

const YEAR = 60 * 60 * 24 * 365;

/** The language of a request: `?lang=` (remembered in a cookie), else the cookie, else Indonesian. */
export function localeOf(event: RequestEvent): Locale {
	const asked = event.url.searchParams.get('lang');
	if (asked && isLocale(asked)) {
		// Readable by scripts: staff pages render in the browser too.
		event.cookies.set('lang', asked, { path: '/', maxAge: YEAR, sameSite: 'lax', httpOnly: false });
		return asked;
	}
	const remembered = event.cookies.get('lang');
	return remembered && isLocale(remembered) ? remembered : baseLocale;
}

/** Runs `work` with every message in `locale`. */
export function inLocale<T>(locale: Locale, work: () => T): T {
	return current.run(locale, work);
}
