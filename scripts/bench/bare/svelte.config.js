import adapter from '@sveltejs/adapter-node';

/** A SvelteKit site that does nothing: what the product's pages are measured beside. */
export default { kit: { adapter: adapter({ out: process.env.BARE_OUT ?? 'build', precompress: false }) } };
