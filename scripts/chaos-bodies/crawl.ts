import { OFFICE_SLUGS } from '#lib/dev/demo/offices.ts';

/** A target of requests: a page with its query, or a form with its fields. */
export interface RequestTarget {
	/** Its address with placeholders for ids and numbers. Pages of the same kind have the same name, so only one is kept. */
	name: string;
	method: 'GET' | 'POST';
	path: string;
	/** Names of the form's fields, or of the query's parameters. */
	fields: string[];
	/** Hidden fields with their values. */
	hidden: [name: string, value: string][];
}

/** Pages per person. Calendars and other pages have links without end. */
const MAX_PAGES = 250;
/**
 * Pages that are not visited: signing out ends the crawl, a backup takes long, files have no forms, and the event
 * stream does not end.
 */
const NOT_VISITED =
	/^\/(logout|_app|lacak\/keluar|desk\/live|berkas|admin\/backup)|\/(pdf|excel|csv)\b|\.(pdf|svg|png|xml|json)\b/;
/** One office of the demo is enough: the pages of the others are of the same kind. */
const OTHER_OFFICES = OFFICE_SLUGS.filter((slug) => slug !== 'mamuju');
/**
 * Forms that get no requests although a visited page has them: they end the session, whose cookie all other requests
 * need, or start a backup.
 */
const NOT_SENT = /^\/logout|signOut|^\/admin\/backup/;

const isSkipped = (pathname: string) =>
	NOT_VISITED.test(pathname) || OTHER_OFFICES.some((slug) => slug === pathname.split('/')[1]);

const unescaped = (text: string) =>
	text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');
const attribute = (tag: string, name: string): string | undefined => {
	const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
	return value === undefined ? undefined : unescaped(value);
};

function nameOf(method: string, { pathname, searchParams }: URL): string {
	const general = pathname
		.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')
		.replace(/SPATULA-[\d-]+/g, '{reference}')
		.replace(/[a-z_]+(\.[a-z_]+){3}/g, '{rule}')
		.replace(/\/\d{4}(-[\dA-Z]+)?(?=\/|$)/g, '/{number}');
	const names = [...new Set(searchParams.keys())].filter((one) => one !== 'lang').sort();
	return `${method} ${general}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

/** Follows the links from these pages. @returns each kind of page and form once */
export async function crawl(origin: string, cookie: string, starts: readonly string[]): Promise<RequestTarget[]> {
	const targets = new Map<string, RequestTarget>();
	const queue = starts.map((path) => new URL(path, origin));
	const seen = new Set(queue.map((url) => nameOf('GET', url)));
	for (let read = 0; read < MAX_PAGES; read++) {
		const url = queue.shift();
		if (!url) break;
		const response = await fetch(url, {
			signal: AbortSignal.timeout(30_000),
			headers: { cookie, accept: 'text/html' }
		});
		const html = response.headers.get('content-type')?.startsWith('text/html') ? await response.text() : '';
		if (html === '') await response.body?.cancel();
		const here = new URL(response.url);
		const add = (method: RequestTarget['method'], to: URL, fields: string[], hidden: RequestTarget['hidden']) => {
			const name = nameOf(method, to);
			const known = targets.get(name)?.fields ?? [];
			const path = to.pathname + to.search;
			targets.set(name, { name, method, path, fields: [...new Set([...known, ...fields])], hidden });
		};
		add('GET', here, [...here.searchParams.keys()], []);
		for (const [, tag = '', content = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
			const inputs = [...content.matchAll(/<(?:input|select|textarea|button)\b[^>]*>/g)].map(([input]) => input);
			const fields = inputs.flatMap((input) => attribute(input, 'name') ?? []);
			const hidden = inputs
				.filter((input) => attribute(input, 'type') === 'hidden')
				.map((input): [string, string] => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']);
			const isPost = attribute(tag, 'method')?.toUpperCase() === 'POST';
			const actions = inputs.flatMap((input) => attribute(input, 'formaction') ?? []);
			for (const action of [attribute(tag, 'action') ?? '', ...actions]) {
				add(isPost ? 'POST' : 'GET', new URL(action || here.href, here), fields, isPost ? hidden : []);
			}
		}
		for (const [, link = ''] of html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)) {
			if (!URL.canParse(unescaped(link), here)) continue;
			const next = new URL(unescaped(link), here);
			next.hash = '';
			const name = nameOf('GET', next);
			if (next.origin !== here.origin || seen.has(name) || isSkipped(next.pathname)) continue;
			seen.add(name);
			queue.push(next);
		}
	}
	return [...targets.values()].filter(({ path }) => !NOT_SENT.test(path));
}
