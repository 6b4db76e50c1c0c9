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
	message: 'A Node stream becomes a web stream by toWebStream() in src/lib/server/web-stream.ts: a reader may go away.'
};

export default ts.config(
	{ ignores: ['build/', '.svelte-kit/', 'data/', 'src/lib/paraglide/', 'test-results/', 'playwright-report/'] },
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
		files: [
			'src/lib/server/clock.ts',
			'src/lib/server/env.ts',
			'src/lib/server/process-memory.ts',
			'src/lib/dev/testing/**'
		],
		rules: { 'no-restricted-syntax': 'off' }
	},
	{
		files: ['**/*.spec.ts', 'e2e/**', 'scripts/**', '*.config.*', 'src/server.ts'],
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
		files: ['src/routes/**/*.svelte', 'src/routes/**/*.client.ts', 'src/lib/ui/**', 'src/lib/words/**'],
		rules: { 'no-restricted-syntax': ['error', noEnvironment] }
	}
);
