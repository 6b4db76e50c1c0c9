export const LANGUAGES = [
	{ code: 'id', label: 'Bahasa Indonesia', short: 'ID' },
	{ code: 'en', label: 'English', short: 'EN' }
] as const;
export type Language = (typeof LANGUAGES)[number]['code'];

/** Address of the same page and query in another language. */
export function inLanguage(url: URL, language: Language): string {
	const query = new URLSearchParams(url.search);
	query.set('lang', language);
	return `${url.pathname}?${query}`;
}
