import type { Locale } from '#lib/paraglide/runtime.js';

/** The language with its region, for dates and numbers. English follows British usage. */
export const regionalLocale = (locale: Locale): string => {
	const { language, region } = new Intl.Locale(locale === 'en' ? 'en-GB' : locale).maximize();
	return `${language}-${region}`;
};
