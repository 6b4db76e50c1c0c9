import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-node';

/** The script that stands in every page: named by its hash, for pages without other scripts have no nonce. */
const [, inPage = ''] = /<script type="module">([^]*?)<\/script>/.exec(readFileSync('src/app.html', 'utf8')) ?? [];
/** @type {`sha256-${string}`} */
const inPageHash = `sha256-${createHash('sha256').update(inPage).digest('base64')}`;

// The prefix keeps the adapter's own settings (KIT_ORIGIN …) apart from the product's (ORIGIN, a list).
const node = adapter({ envPrefix: 'KIT_', precompress: true });

/**
 * The adapter would bundle a second time what Vite has bundled, which took a third of the build. It gets two modules
 * instead that load Vite's files from `build/app`.
 *
 * @type {import('@sveltejs/kit').Adapter}
 */
const withoutSecondBundle = {
	...node,
	async adapt(builder) {
		const loaders = builder.getBuildDirectory('loaders');
		builder.mkdirp(loaders);
		for (const [file, name] of Object.entries({ index: 'Server', manifest: 'manifest' })) {
			// The adapter's bundler does not follow a computed address.
			const load = `const { ${name} } = await import(new URL('../../app/${file}.js', import.meta.url).href);`;
			writeFileSync(`${loaders}/${file}.js`, `${load}\nexport { ${name} };\n`);
		}
		await node.adapt({ ...builder, getServerDirectory: () => loaders });
		builder.writeServer('build/app');
	}
};

/** @type {import('@sveltejs/kit').Config} */
const config = {
	compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
	kit: {
		adapter: withoutSecondBundle,
		// The citizens' sheet is small enough to travel inside the page: one round trip less on a slow line.
		inlineStyleThreshold: 32_768,
		csp: {
			mode: 'nonce',
			directives: {
				'default-src': ['self'],
				'script-src': ['self', inPageHash],
				'style-src': ['self'],
				'style-src-attr': ['unsafe-inline'],
				'img-src': ['self', 'data:', 'blob:'],
				'connect-src': ['self'],
				'object-src': ['none'],
				'base-uri': ['self'],
				'form-action': ['self'],
				'frame-ancestors': ['none']
			}
		},
		// hooks.server.ts checks the origin of every form against the ORIGIN list; Kit knows only one origin.
		csrf: { trustedOrigins: ['*'] },
		// Three kinds of pages register it, each for its own scope: see src/service-worker.ts.
		serviceWorker: { register: false },
		// Open pages of staff and kiosks load the scripts of a new version: see `updated`.
		version: { pollInterval: 15 * 60_000 },
		// The checks read the scripts and journeys too.
		typescript: {
			config: (config) => ({
				...config,
				include: [...config.include, '../scripts/**/*.ts', '../e2e/**/*.ts', '../*.config.ts']
			})
		}
	}
};

export default config;
