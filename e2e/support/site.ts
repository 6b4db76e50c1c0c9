import { callApi } from '../../scripts/site/client.ts';
import type { Part } from '../../scripts/site/child-process.ts';
import { builtSite } from '../../scripts/site/start.ts';
import { localDate } from '../../src/lib/calendar/days.ts';

export const TEST_KEY = 'a key for browser tests, long enough';
export const TEST_BOOTSTRAP = 'a-bootstrap-token-for-browser-tests-only';

/** The present day at the demo's offices. */
export const today = () => localDate(new Date(), 'Asia/Makassar');

/** A separate built site for one test, which stops it. */
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

/** Waits until `reached` is true. @throws with the reason if the part ends before */
export async function untilReached(part: Part, reached: () => boolean | Promise<boolean>): Promise<void> {
	let over: string | undefined;
	void part.ended.then((reason) => (over = reason));
	while (!(await reached())) {
		if (over !== undefined) throw new Error(`${part.name} ended: ${over}`);
		await new Promise((done) => setTimeout(done, 5));
	}
}

/** Calls the site's API, with the bootstrap token unless another token is given. */
export const api = (
	origin: string,
	path: string,
	{ token = TEST_BOOTSTRAP, body }: { token?: string; body?: unknown } = {}
) => callApi(origin, path, { token, body });
