import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

// The language in which the server rendered the page. The cookie may have changed since, in another window, and the page
// would get texts of both languages.
const { lang } = document.documentElement;
overwriteGetLocale(() => (isLocale(lang) ? lang : baseLocale));
