/** One sign of a path percent-encoded, of each segment its first; and all of them. */
const encoded = (text: string) => `%${text.charCodeAt(0).toString(16)}`;
const eachSegment = (path: string, spell: (segment: string) => string) =>
	path.replace(/[^/]+/g, (segment) => (segment.includes('%') ? segment : spell(segment)));

/**
 * Other ways to write the path of an address, which a guard that compares paths takes for another address. The query
 * stays as it is.
 */
export function spellingsOf(address: string): string[] {
	const [path = '', query] = address.split('?');
	const rest = path.replace(/^\/[^/]*/, '');
	const spelled = [
		eachSegment(path, (segment) => encoded(segment) + segment.slice(1)),
		eachSegment(path, (segment) => [...segment].map(encoded).join('')),
		eachSegment(path, (segment) => encoded(segment).toUpperCase() + segment.slice(1)),
		eachSegment(path, (segment) => `%25${encoded(segment).slice(1)}${segment.slice(1)}`),
		path.replaceAll('/', '//'),
		`/${path}`,
		`/.${path}`,
		`/%2e${path}`,
		`/privasi/..${path}`,
		`/privasi/%2e%2e${path}`,
		path.replaceAll('/', '%2f').replace('%2f', '/'),
		path.replaceAll('/', '\\').replace('\\', '/'),
		path.toUpperCase(),
		`${path}/`,
		`${path}.`,
		`${path}%20`,
		eachSegment(path, (segment) => `${segment};v=1`),
		path.replace(rest, '') + `;jsessionid=1${rest}`,
		`${path};v=1`
	];
	return [...new Set(spelled)]
		.filter((one) => one !== path)
		.map((one) => (query === undefined ? one : `${one}?${query}`));
}
