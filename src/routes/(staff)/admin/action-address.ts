import { addQuery } from '#lib/text/with-query.ts';

/** The guided path that the person came from, by its office. */
const PATH = ['mulai', 'langkah'];

/** Code of the office whose guided path opened the page. */
export const pathOffice = ({ searchParams }: URL): string | null =>
	searchParams.get('mulai') ?? searchParams.get('langkah');

/** These parameters of the page's address, to be added to a query, and that a new service begins with the example. */
export const keptQuery = (url: URL, names = [...PATH, 'contoh']): string =>
	names
		.map((name) => {
			const value = url.searchParams.get(name);
			return value ? `&${name}=${encodeURIComponent(value)}` : '';
		})
		.join('');

/** The address of another page of the settings, with the guided path. */
export const keptAddress = (url: URL, address: string): string => addQuery(address, keptQuery(url, PATH).slice(1));

/** The address to which a form of the page is sent. @param action its name, and perhaps a fragment: `pair#devices` */
export function actionAddress(url: URL, action = ''): string {
	const [name = '', fragment] = action.split('#');
	return `?${name && `/${name}`}${keptQuery(url)}${fragment ? `#${fragment}` : ''}`;
}
