export const LANGUAGES = [
	{ code: 'id', label: 'Bahasa Indonesia', short: 'ID' },
	{ code: 'en', label: 'English', short: 'EN' }
] as const;
export type Language = (typeof LANGUAGES)[number]['code'];

/** The same page in another language: path and query are kept. */
export function inLanguage(url: URL, language: Language): string {
	const query = new URLSearchParams(url.search);
	query.set('lang', language);
	return `${url.pathname}?${query}`;
}
