import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noClock = {
	selector:
		"NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now']",
	message: 'Time comes from now() in src/lib/server/clock.ts, so that tests and demo data can move it.'
};
const noEnvironment = {
	selector: "MemberExpression[object.name='process'][property.name='env']",
	message: 'Settings come from env() in src/lib/server/env.ts, where the schema checks them.'
};
const noToWeb = {
	selector: "MemberExpression[object.name='Readable'][property.name='toWeb']",
	message: 'Use toWebStream() in src/lib/server/web-stream.ts, because the reader of a web stream may disconnect.'
};

/** Field names of SP4N-LAPOR that have no other meaning here. */
const LAPOR_FIELDS =
	'/^(tags_raw|disposition_(id|name)|classification_id|is_(disposisi|new_user)_slider|is_inbox|is_anonymous|complaint_id|priority_program_id|community_id|copy_externals|info_(disposition|attachments)|date_of_incident|status_logs|data_logs|institution_(from|to)(_id|_name)?|(email|name|phone)User|not_authority|reason_description)$/';
const noLaporFields = {
	selector: `Identifier[name=${LAPOR_FIELDS}], Literal[value=${LAPOR_FIELDS}]`,
	message:
		"LAPOR's own field names belong in src/lib/server/integrations/lapor, their mapping in src/lib/server/escalation/forward and tracking, and their words in src/lib/words/lapor-fields.ts."
};

/** Functions that Chrome 109 lacks, the last one of Windows 7 and 8. Code that may run in a browser does without them. */
const tooNew = ['toReversed', 'toSorted', 'toSpliced', 'canParse', 'groupBy', 'withResolvers'].map((property) => ({
	property,
	message: 'Old browsers do not have it: build it from older functions.'
}));

/** Rules that need types take minutes, so only `npm run test:all` runs them. */
const withTypes = {
	files: ['src/**/*.ts', 'scripts/**/*.ts', 'e2e/**/*.ts'],
	// SvelteKit's tsconfig leaves the service worker out.
	languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['src/service-worker.ts'] } } },
	rules: {
		'@typescript-eslint/no-floating-promises': 'error',
		'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
		'@typescript-eslint/await-thenable': 'error',
		'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }]
	}
};

/** Not for code of the browser: old browsers lack features that the types promise. */
const withTypesOnServer = {
	files: ['src/lib/**/*.ts'],
	ignores: ['src/lib/ui/**', '**/*.spec.ts'],
	rules: {
		'@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }]
	}
};

export default ts.config(
	{ ignores: ['build/', '**/.svelte-kit/', 'data/', 'src/lib/paraglide/', 'test-results/', 'playwright-report/'] },
	js.configs.recommended,
	ts.configs.recommended,
	svelte.configs.recommended,
	prettier,
	svelte.configs.prettier,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'no-undef': 'off',
			'no-console': 'error',
			// CONTRIBUTING.md says what to do with a longer file.
			'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'@typescript-eslint/consistent-type-imports': 'error',
			'no-restricted-syntax': ['error', noClock, noEnvironment, noToWeb],
			// Links are plain addresses: the site is always served from its root.
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } }
	},
	{
		files: ['src/**'],
		ignores: [
			'src/lib/server/integrations/lapor/**',
			'src/lib/server/escalation/{forward,tracking}/**',
			'src/lib/words/lapor-fields.ts',
			'src/lib/dev/**'
		],
		rules: { 'no-restricted-syntax': ['error', noClock, noEnvironment, noToWeb, noLaporFields] }
	},
	{
		files: [
			'src/lib/server/clock.ts',
			'src/lib/server/env.ts',
			'src/lib/server/process-memory.ts',
			'src/lib/dev/testing/**'
		],
		rules: { 'no-restricted-syntax': 'off' }
	},
	{
		files: ['**/*.spec.ts', 'e2e/**', 'scripts/**', '*.config.*', 'src/http-server.ts'],
		rules: { 'no-restricted-syntax': 'off', 'no-console': 'off' }
	},
	{
		files: ['e2e/*.e2e.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{ name: '@playwright/test', message: 'Import from support/test.ts, which closes the windows of each journey.' }
			]
		}
	},
	{
		// Code that runs in the browser has no server clock.
		files: [
			'src/routes/**/*.svelte',
			'src/routes/**/*.client.ts',
			'src/lib/ui/**',
			'src/lib/words/**',
			'src/service-worker.ts'
		],
		rules: { 'no-restricted-syntax': ['error', noEnvironment] }
	},
	{
		files: ['src/routes/**', 'src/lib/**', 'src/service-worker.ts'],
		ignores: ['src/lib/{server,dev}/**', '**/*.server.ts', '**/+server.ts', '**/*.spec.ts'],
		rules: { 'no-restricted-properties': ['error', ...tooNew] }
	},
	...(process.env.TEST_ALL === undefined ? [] : [withTypes, withTypesOnServer])
);
