import type { HandleClientError } from '@sveltejs/kit';
import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

// Use the language in which the server rendered the page. Another window may have changed the cookie since then, and
// the page would mix two languages.
const { lang } = document.documentElement;
overwriteGetLocale(() => (isLocale(lang) ? lang : baseLocale));

/** Reports errors, but not the link to a page without scripts: SvelteKit does not know it and loads it whole. */
export const handleError: HandleClientError = ({ error, status }) => {
	if (status !== 404) reportError(error);
};
