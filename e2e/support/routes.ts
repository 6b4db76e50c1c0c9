import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Found {
	route: string;
	get: boolean;
	isPage: boolean;
	/** What can be submitted: '' is the page's default action or the endpoint, others are named actions as `?/name`. */
	sends: string[];
}

function sendsOf(page: string, endpoint: string): string[] {
	if (/export const (POST|fallback)/.test(endpoint)) return [''];
	const actions = /export const actions = \{([\s\S]*?)\n\};|export const actions = \{(.*)\};/.exec(page);
	const names = [...(actions?.[1] ?? actions?.[2] ?? '').matchAll(/^\s?(\w+):/gm)].map(([, name = '']) => name);
	return names.map((name) => (name === 'default' ? '' : `?/${name}`));
}

/** The routes as SvelteKit reads them. Folders in parentheses are not part of the address. */
export function routesOf(folder: string, route: string[] = []): Found[] {
	const entries = readdirSync(folder, { withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
	const read = (name: string) => (files.includes(name) ? readFileSync(join(folder, name), 'utf8') : '');
	const page = read('+page.server.ts');
	const endpoint = read('+server.ts');
	const isPage = files.includes('+page.svelte');
	const here =
		isPage || page || endpoint
			? [
					{
						route: route.join('/'),
						isPage,
						get: isPage || page !== '' || /export const (GET|fallback)/.test(endpoint),
						sends: sendsOf(page, endpoint)
					}
				]
			: [];
	const below = entries
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name }) => routesOf(join(folder, name), /^\(.*\)$/.test(name) ? route : [...route, name]));
	return [...here, ...below];
}
