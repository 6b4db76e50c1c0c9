import { callApi } from '../../scripts/site/client.ts';
import type { Part } from '../../scripts/site/part.ts';
import { builtSite } from '../../scripts/site/start.ts';

export const TEST_KEY = 'a key for browser tests, long enough';
export const TEST_BOOTSTRAP = 'a-bootstrap-token-for-browser-tests-only';

/** A built site of its own for one test: started, and stopped by the test. */
export type Site = Part & { origin: string };

/** Starts a built site with these settings and waits until it is ready. */
export async function startSite(settings: Record<string, string>): Promise<Site> {
	const { origin, start } = await builtSite({
		APP_KEY: TEST_KEY,
		BOOTSTRAP_TOKEN: TEST_BOOTSTRAP,
		LOG_LEVEL: 'warn',
		...settings
	});
	return { ...(await start()), origin };
}

/** One call of the site's API, as the system unless another token is given. */
export const api = (
	origin: string,
	path: string,
	{ token = TEST_BOOTSTRAP, body }: { token?: string | undefined; body?: unknown } = {}
) => callApi(origin, path, { token, body });
