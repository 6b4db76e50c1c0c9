/**
 * Writes the functions of all screen texts to `src/lib/paraglide`: once for browsers, and once for everything else.
 * `imports` in `package.json` chooses between these two. Only the development server writes them anew by itself
 * (`vite.config.ts`).
 */
import fs from 'node:fs';
import { compileProject, writeOutput, type CompilerOptions } from '@inlang/paraglide-js';
import { loadProjectFromDirectory } from '@inlang/sdk';

const common: CompilerOptions = {
	project: './project.inlang',
	outdir: './src/lib/paraglide',
	strategy: ['cookie', 'baseLocale'],
	cookieName: 'lang',
	isServer: "import.meta.env?.SSR ?? typeof window === 'undefined'"
};

export const messageOptions: CompilerOptions[] = [
	// Pages load only the texts that they show.
	{ ...common, outdir: `${common.outdir}/browser`, outputStructure: 'message-modules' },
	// Everything else reads one file per language instead of 5,000 files.
	{ ...common, outdir: `${common.outdir}/server`, outputStructure: 'locale-modules' }
];

if (import.meta.main) {
	const project = await loadProjectFromDirectory({ path: common.project, fs });
	for (const { outdir, ...compilerOptions } of messageOptions) {
		const output = await compileProject({ project, projectPath: common.project, compilerOptions });
		await writeOutput({ directory: outdir, output, fs: fs.promises });
	}
	await project.close();
}
