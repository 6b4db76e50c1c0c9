import { addQuery } from '#lib/text/with-query.ts';

/**
 * Parameters that every next page needs: the guided path that the person came from, and that a new service begins with
 * the example.
 */
const KEPT = ['mulai', 'langkah', 'contoh'];

/** These parameters of the page's address, to be added to a query. */
export const keptQuery = (url: URL): string =>
	KEPT.map((name) => {
		const value = url.searchParams.get(name);
		return value ? `&${name}=${encodeURIComponent(value)}` : '';
	}).join('');

/** The address of another page of the settings, with these parameters. */
export const keptAddress = (url: URL, address: string): string => addQuery(address, keptQuery(url).slice(1));

/** The address to which a form of the page is sent. @param action its name, and perhaps a fragment: `pair#devices` */
export function actionAddress(url: URL, action = ''): string {
	const [name = '', fragment] = action.split('#');
	return `?${name && `/${name}`}${keptQuery(url)}${fragment ? `#${fragment}` : ''}`;
}
