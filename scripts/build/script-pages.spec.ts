import { expect, test } from 'vitest';
import { onlyScriptPages, onlyStyles } from './script-pages.ts';

test('the list of pages for browsers leaves out those without scripts, and keeps the numbers of the others', () => {
	// These routes exist: whether a page has scripts is read from its options in `src/routes`.
	const { list, nodes } = onlyScriptPages(`export const nodes = [
	() => import('./nodes/0'),
	() => import('./nodes/1'),
	() => import('./nodes/2'),
	() => import('./nodes/3'),
	() => import('./nodes/4')
];

export const dictionary = {
	"/(staff)/admin": [~2,[10],[11]],
	"/(staff)/admin/backup": [~3,[10,12],[11]],
	"/(staff)/desk": [~4,[10],[11]]
};
`);
	expect(list).not.toContain('"/(staff)/admin":');
	expect(list).toContain('"/(staff)/admin/backup"');
	expect(list).toContain('"/(staff)/desk"');
	expect(list.match(/nodes\/\d/g)).toEqual(['nodes/0', 'nodes/1', 'nodes/3', 'nodes/4']);
	expect(list).toMatch(/nodes\/1'\),\s*,\s*\(\) => import\('\.\/nodes\/3'\)/);
	expect([...nodes].sort()).toEqual(['0', '1', '10', '11', '12', '3', '4']);
});

test('the build stops if SvelteKit writes the list in another form', () => {
	expect(() => onlyScriptPages("export const dictionary = { '/(staff)/desk': [4] };")).toThrow('SvelteKit has changed');
});

test('a page without scripts keeps its style sheets', () => {
	expect(onlyStyles('export { default as component } from "../+page.svelte";')).toMatch(
		/^import "\.\.\/\+page\.svelte";/
	);
});
