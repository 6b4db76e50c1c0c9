import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { expect, it } from 'vitest';

interface Rule {
	comment: string;
	from: { path?: string; pathNot?: string };
	to: { path?: string; pathNot?: string; dependencyTypes?: string[]; dependencyTypesNot?: string[] };
}
const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: Rule[] };
const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Returns the path below the root, or the name of a package. */
function resolved(file: string, imported: string): string {
	if (imported.startsWith('#lib/')) return imported.replace('#', 'src/');
	return imported.startsWith('.') ? join(dirname(file), imported) : imported;
}

/** Whether a rule forbids the import. `$1` in the target of a rule is the first group of its source. */
function isForbidden({ from, to }: Rule, file: string, imported: string): boolean {
	const source = from.path && new RegExp(from.path).exec(file);
	if (!source || !to.path || (from.pathNot && new RegExp(from.pathNot).test(file))) return false;
	const isAlias = imported.startsWith('#lib/');
	if ((to.dependencyTypes && !isAlias) || (to.dependencyTypesNot && isAlias)) return false;
	const matches = (pattern: string) =>
		new RegExp(pattern.replaceAll('$1', source[1] ?? '')).test(resolved(file, imported));
	return matches(to.path) && !(to.pathNot && matches(to.pathNot));
}

// dependency-cruiser compiles a component before it reads the imports, and compiling removes `import type`.
it('no component imports what the layers forbid, not even a type', () => {
	const files = globSync('src/**/*.svelte');
	expect(files.length).toBeGreaterThan(300);
	const wrong = files.flatMap((file) =>
		[...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, imported = '']) =>
			forbidden
				.filter((rule) => isForbidden(rule, file, imported))
				.map(({ comment }) => `${file} imports ${imported}: ${comment}`)
		)
	);
	expect(wrong).toEqual([]);
});
