/**
 * Writes the functions of all screen texts to `src/lib/paraglide`. Builds and tests read them from there; only the
 * development server writes them anew by itself (`vite.config.ts`).
 */
import { compile, type CompilerOptions } from '@inlang/paraglide-js';

export const messageOptions: CompilerOptions = {
	project: './project.inlang',
	outdir: './src/lib/paraglide',
	strategy: ['cookie', 'baseLocale'],
	cookieName: 'lang',
	isServer: "import.meta.env?.SSR ?? typeof window === 'undefined'"
};

if (import.meta.main) await compile(messageOptions);
