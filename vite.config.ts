import fs from 'node:fs';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import packageJson from './package.json' with { type: 'json' };
import { postgresDriver } from './scripts/build/postgres-driver.ts';
import { scriptPages } from './scripts/build/script-pages.ts';
import { messageOptions } from './scripts/messages.ts';

/** True for `npm run test:all`: also runs the long specs, and every spec on both databases. */
const everything = process.env.TEST_ALL !== undefined;

/**
 * Specs that are long by nature: pictures, PDFs, spreadsheets, archives, real mail servers, figures after random
 * histories, conversations, every occasion of a notice, a database or mailbox that is away, and times of LAPOR, which
 * have whole seconds. `npm test` leaves them out.
 */
const LONG = '**/*.long.{db.,}spec.ts';
/** The embedded database plans statements the same way but offers fewer ways to inspect plans. */
const PLANS = '**/*plans.long.db.spec.ts';
/** This spec mocks modules, which is impossible for files that share a process. */
const ALONE = 'src/lib/server/escalation/forwarding-model.db.spec.ts';
/** Specs that only Vite can load: of components and runes of Svelte, and with mocked modules. */
const BY_VITE = 'src/**/*.vite.spec.ts';
/** Node loads the files of all other specs as they are. Their transformation took a third of the time of all specs. */
const BY_NODE = { viteModuleRunner: false, nodeLoader: false };
/** Database specs use the driver that the build contains. */
const DRIVER = 'scripts/build/patched-driver.ts';
/** Database specs share a process, and the set-up gives each file its own database. */
const SHARED = { isolate: false, experimental: BY_NODE, setupFiles: [DRIVER, 'src/lib/dev/testing/own-database.ts'] };
/**
 * Specs for code in which the two databases can differ: connections, notifications, queue and snapshots. Of the domain,
 * only one complaint from opening to closing, and the storing of ratings.
 */
const ON_BOTH = [
	'src/lib/server/{backup,db,jobs,live}/*.db.spec.ts',
	'src/lib/server/cases/complaint-flow.db.spec.ts',
	'src/lib/server/ratings/submit.db.spec.ts'
];

const database = (
	name: string,
	engine: 'pglite' | 'postgres',
	files: { include: string[]; exclude?: string[] } & Partial<typeof SHARED>
) => ({
	extends: true as const,
	test: {
		name,
		env: { TEST_DATABASE: engine },
		globalSetup: ['src/lib/dev/testing/database-setup.ts'],
		// Long specs take minutes even on a quiet machine.
		testTimeout: everything ? 1_200_000 : 300_000,
		hookTimeout: everything ? 1_200_000 : 300_000,
		...files,
		exclude: [...(files.exclude ?? []), ...(everything ? [] : [LONG])]
	}
});

const all = ['{src,scripts}/**/*.db.spec.ts'];

/**
 * The files of scripts that browsers load; the first group that fits takes a module and all that it imports. Without
 * groups, the page of a case would load 180 small files, which compress badly and wait for each other on a slow line.
 */
const SCRIPTS = [
	{ name: 'framework', test: /\/node_modules\/(svelte|@sveltejs\/kit|devalue|esm-env|clsx)\/|vite\/preload-helper/ },
	{ name: 'common', test: /\/src\//, minShareCount: 45 },
	// Each page of a citizen must get only its own styles, and these are where the modules are.
	{ name: 'public', test: /\/routes\/\((citizen|sign-in)\)\//, entriesAware: true },
	// What the inbox and the page of a case need, so that a handler opens the first case as fast as the second. Forms
	// of verbs are not in it, also not those that the page of a case shows.
	{
		name: 'desk',
		test: /\/routes\/\(staff\)\/((desk\/)?\+(layout|page)|desk\/cases\/\[reference\]\/\(case\)\/\+layout)\.svelte$/
	}
];

/**
 * The build contains all packages but the `dependencies`, and also these of them, which every start needs: to read them
 * file by file took half of a start.
 */
const BUNDLED = [
	...['drizzle-orm', 'jose', 'pg-boss', 'postgres', 'prom-client', 'temporal-polyfill', 'zod'],
	...['@fastify/busboy', 'csv-parse', 'csv-stringify', 'uqr', 'zod-openapi']
];

export default defineConfig(({ command }) => ({
	plugins: [
		sveltekit(),
		postgresDriver,
		scriptPages,
		// Builds and tests find the texts written by `npm run prepare:types`. Each plugin notes in its file system which files
		// it has read: with one for both, only the first would see a changed text.
		command === 'serve' &&
			process.env.VITEST === undefined &&
			messageOptions.map((options) => paraglideVitePlugin({ ...options, fs: { ...fs } }))
	],
	build: {
		// Compressing 2,500 files only to print their sizes took several seconds.
		reportCompressedSize: false,
		// The first browsers with cascade layers. For newer ones Vite would write queries of a width, `(width >= 40rem)`, which
		// Chrome before 104 and Safari before 16.4 do not know.
		cssTarget: ['chrome99', 'firefox97', 'safari15.4'],
		// SvelteKit lists the files of all pages with scripts in a script that each of them loads. This leaves the style
		// sheets in that list. The browser finds the scripts by their imports, and most are in `SCRIPTS` and loaded already.
		modulePreload: {
			resolveDependencies: (_page, files, { hostType }) =>
				hostType === 'js' ? files.filter((file) => file.endsWith('.css')) : files
		}
	},
	environments: {
		client: {
			build: {
				rolldownOptions: {
					output: { codeSplitting: { groups: SCRIPTS } }
				}
			}
		}
	},
	ssr: {
		external: Object.keys(packageJson.dependencies).filter((name) => !BUNDLED.includes(name)),
		noExternal: command === 'build' || undefined
	},
	test: {
		maxWorkers: 3,
		setupFiles: ['src/lib/dev/testing/random-tests.ts'],
		// Tests that pass only on the second try are listed at the end of the run.
		retry: 1,
		// A forgotten `.only` would silently drop the other tests of its file.
		allowOnly: false,
		// Only against hanging tests. A busy machine must not fail a test.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		expect: { poll: { timeout: 20_000 } },
		// Most specs share a process.
		restoreMocks: true,
		projects: [
			{
				extends: true as const,
				test: {
					name: 'unit',
					include: ['{src,scripts}/**/*.spec.ts'],
					exclude: [...all, BY_VITE, ...(everything ? [] : [LONG])],
					// These specs share no state, and without isolation each module is loaded once.
					isolate: false,
					experimental: BY_NODE
				}
			},
			{
				extends: true as const,
				test: { name: 'unit-vite', include: [BY_VITE], isolate: false }
			},
			database('postgres', 'postgres', { include: all, exclude: [ALONE], ...SHARED }),
			database('postgres-alone', 'postgres', { include: [ALONE], setupFiles: [DRIVER] }),
			database('pglite', 'pglite', {
				include: everything ? all : ON_BOTH,
				exclude: [ALONE, PLANS],
				...SHARED
			}),
			...(everything ? [database('pglite-alone', 'pglite', { include: [ALONE], setupFiles: [DRIVER] })] : [])
		]
	}
}));
