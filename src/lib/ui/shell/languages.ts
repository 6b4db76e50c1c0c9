import { m } from '#lib/paraglide/messages.js';
import { locales, type Locale } from '#lib/paraglide/runtime.js';

/** A language by its own name. */
export const languageName = (locale: Locale): string => m.common_language_name({}, { locale });

/** The languages of the site: those of `project.inlang/settings.json`. */
export const LANGUAGES = locales.map((code) => ({
	code,
	label: languageName(code),
	short: code.toUpperCase()
}));

/** Address of the same page and query in another language. */
export function inLanguage(url: URL, language: Locale): string {
	const query = new URLSearchParams(url.search);
	query.set('lang', language);
	return `${url.pathname}?${query}`;
}
