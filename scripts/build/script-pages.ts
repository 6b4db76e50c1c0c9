import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * SvelteKit builds all pages for browsers, also those without scripts (`csr = false`), and each page with scripts loads
 * the list of all. The functions below take them out of the build for browsers. A link to a page that is not in the list
 * loads it whole.
 */
const ROUTES = 'src/routes';

/** The last option of a route's layouts and page applies. */
function hasScripts(route: string): boolean {
	const folders = route.split('/').map((_, index, parts) => ROUTES + parts.slice(0, index + 1).join('/'));
	const files = [...folders.map((folder) => `${folder}/+layout`), `${folders.at(-1)}/+page`];
	const options = files
		.flatMap((file) => [`${file}.server.ts`, `${file}.ts`])
		.filter((file) => existsSync(file))
		.flatMap((file) => /^export const csr = (\w+);/m.exec(readFileSync(file, 'utf8'))?.[1] ?? []);
	return options.at(-1) !== 'false';
}

/** The list of pages, `client-optimized/app.js`, with only the pages that have scripts, and the numbers of their nodes. */
export function onlyScriptPages(list: string): { list: string; nodes: ReadonlySet<string> } {
	// The root layout and the page of errors.
	const nodes = new Set(['0', '1']);
	const shorter = list.replace(/^\s*"(\/.*?)": (\[.*\]),?$/gm, (line, route: string, listed: string) => {
		if (!hasScripts(route)) return '';
		for (const node of listed.match(/\d+/g) ?? []) nodes.add(node);
		return line;
	});
	if (nodes.size === 2) throw new Error('SvelteKit has changed how it lists pages');
	// The others keep their places.
	const imported = /\(\) => import\('\.\/nodes\/(\d+)'\)/g;
	return { list: shorter.replace(imported, (entry, node: string) => (nodes.has(node) ? entry : '')), nodes };
}

/** The module of a node with only the style sheets of its component. Without any export Vite would remove the module. */
export const onlyStyles = (node: string): string =>
	node.replace(/^export \{ default as component \} from (.*);$/m, 'import $1;\nexport const component = undefined;');

/** Builds for browsers only the pages that have scripts, and the style sheets of the others. */
export const scriptPages: Plugin = {
	name: 'script-pages',
	apply: 'build',
	transform(source, id) {
		// Pages without scripts need the styles and the small scripts of components that no other script uses. Vite would
		// leave them out. It still leaves out the styles of charts, which have their own in `ChartPlot.svelte`.
		if (/\?(svelte&type=style|worker&url)/.test(id))
			return { code: source, map: null, moduleSideEffects: 'no-treeshake', meta: { vite: {} } };
		const [, folder, node] = /^(.*\/client-optimized\/)(?:app|nodes\/(\d+))\.js$/.exec(id) ?? [];
		if (!folder) return undefined;
		const pages = onlyScriptPages(readFileSync(`${folder}app.js`, 'utf8'));
		if (!node) return { code: pages.list, map: null };
		return pages.nodes.has(node) ? undefined : { code: onlyStyles(source), map: null };
	}
};
