import type { RequestEvent } from '@sveltejs/kit';
import { baseLocale, isLocale, type Locale } from '#lib/paraglide/runtime.js';

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
