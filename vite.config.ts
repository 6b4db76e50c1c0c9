import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

const database = (name: 'pglite' | 'postgres') => ({
	extends: true as const,
	test: {
		name,
		include: ['src/**/*.db.spec.ts'],
		env: { TEST_DATABASE: name },
		globalSetup: ['src/lib/server/testing/database-setup.ts'],
		// Only against hanging for ever: a busy machine is no fault of the code.
		testTimeout: 300_000,
		hookTimeout: 300_000
	}
});

export default defineConfig({
	plugins: [
		tailwindcss(),
		sveltekit(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'baseLocale'],
			cookieName: 'lang'
		})
	],
	ssr: { external: ['@electric-sql/pglite', 'sharp', 'pg-boss', 'pdfkit', 'exceljs'] },
	test: {
		maxWorkers: 2,
		// As with the journeys: what passes only then is named by the runner.
		retry: 1,
		projects: [
			{
				extends: true as const,
				test: {
					name: 'unit',
					include: ['src/**/*.spec.ts'],
					exclude: ['src/**/*.db.spec.ts'],
					testTimeout: 60_000,
					// They keep nothing between them, and most of their time went into loading the same files anew.
					isolate: false
				}
			},
			database('pglite'),
			database('postgres')
		]
	}
});
