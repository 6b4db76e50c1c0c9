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

/** The address to which a form of the page is sent. @param action its name, and perhaps a fragment: `pair#devices` */
export function actionAddress(url: URL, action = ''): string {
	const [name = '', fragment] = action.split('#');
	return `?${name && `/${name}`}${keptQuery(url)}${fragment ? `#${fragment}` : ''}`;
}
