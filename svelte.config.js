import adapter from '@sveltejs/adapter-node';

/** @type {import('@sveltejs/kit').Config} */
const config = {
	compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
	kit: {
		// The prefix keeps the adapter's own settings (KIT_ORIGIN …) apart from the product's (ORIGIN, a list).
		adapter: adapter({ envPrefix: 'KIT_', precompress: true }),
		// The citizens' sheet is small enough to travel inside the page: one round trip less on a slow line.
		inlineStyleThreshold: 32_768,
		csp: {
			mode: 'nonce',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
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
		// Only the kiosk's page has use for one, and registers it for itself.
		serviceWorker: { register: false },
		version: { pollInterval: 0 }
	}
};

export default config;
