import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

// Use the language in which the server rendered the page. Another window may have changed the cookie since then, and
// the page would mix two languages.
const { lang } = document.documentElement;
overwriteGetLocale(() => (isLocale(lang) ? lang : baseLocale));
