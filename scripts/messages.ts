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
	// Everything else reads one file per language instead of one per message.
	{ ...common, outdir: `${common.outdir}/server`, outputStructure: 'locale-modules' }
];

const IN_LANGUAGE = `import { getLocale } from './runtime.js';

/** @type {(id: Function, en: Function) => any} */
export const inLanguage = (id, en) => (/** @type {any} */ inputs, /** @type {any} */ options) =>
	((options?.locale ?? getLocale()) === 'en' ? en : id)(inputs);
`;

/** The parts of a message's module: its text in both languages, its declaration, and the function that chooses. */
const WRITTEN =
	/^import .*;$([^]*)^const id_\w+ = ([^]*?);\n\nconst en_\w+ = ([^]*?);\n\n([^]*const \w+ = .* )\(\(inputs.*\n(?:\t.*\n)*}\);/m;

/**
 * The module of a message of two languages with a single function. Paraglide writes three, whose names do not compress: they were a tenth
 * of the scripts of the desk.
 */
function shortModule(written: string): string {
	// A text that one language lacks. `languages.spec.ts` names it.
	if (/\*\/\nconst (?:id|en)_\w+ = /.test(written)) return written;
	if (!WRITTEN.test(written)) throw new Error(`Paraglide has changed how it writes messages:\n${written}`);
	return written.replace(
		WRITTEN,
		"import { inLanguage } from '../in-language.js';$1$4(/* @__PURE__ */ inLanguage($2, $3));"
	);
}

/** The same messages for browsers, in fewer bytes. */
const shortened = (output: Record<string, string>): Record<string, string> => ({
	...Object.fromEntries(
		Object.entries(output).map(([file, written]) =>
			/^messages\/(?!_index).*\.js$/.test(file) ? [file, shortModule(written)] : [file, written]
		)
	),
	'in-language.js': IN_LANGUAGE
});

if (import.meta.main) {
	const project = await loadProjectFromDirectory({ path: common.project, fs });
	const { locales } = await project.settings.get();
	for (const { outdir, ...compilerOptions } of messageOptions) {
		const output = await compileProject({ project, projectPath: common.project, compilerOptions });
		const isShortened = compilerOptions.outputStructure === 'message-modules' && locales.length === 2;
		await writeOutput({ directory: outdir, output: isShortened ? shortened(output) : output, fs: fs.promises });
	}
	await project.close();
}
