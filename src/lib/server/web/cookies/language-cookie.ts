import type { Cookies } from '@sveltejs/kit';
import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import { cookieName, isLocale, type Locale } from '#lib/paraglide/runtime.js';

/** The cookie with the chosen language. Scripts read it by this name, because staff pages render in the browser too. */
export const LANGUAGE_COOKIE = cookieName;

/** Remembers the language for a year. */
export const rememberLanguage = (cookies: Cookies, language: Locale): void =>
	cookies.set(LANGUAGE_COOKIE, language, {
		path: '/',
		maxAge: 365 * DAY_SECONDS,
		sameSite: 'lax',
		httpOnly: false
	});

/** The language that was chosen in this browser. */
export function rememberedLanguage(cookies: Cookies): Locale | undefined {
	const remembered = cookies.get(LANGUAGE_COOKIE);
	return isLocale(remembered) ? remembered : undefined;
}
