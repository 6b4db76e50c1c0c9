import { chromium, test as base, type Browser } from '@playwright/test';
import { running } from './journey.ts';

export * from '@playwright/test';

/** The tag of the journeys that `npm test` runs: at least one of each main story. `npm run test:all` runs all. */
export const CORE = '@core';

/** The whole browser. The small one of the other journeys shows no notifications and has no Background Sync. */
export function fullBrowser(): Promise<Browser> {
	const path = process.env.CHROMIUM_PATH;
	return chromium.launch({
		...(path ? { executablePath: path } : { channel: 'chromium' }),
		args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run']
	});
}

/** Paths without an origin belong to the demo of the worker. */
export const test = base.extend<{ closeWindows: void }>({
	// eslint-disable-next-line no-empty-pattern -- the runner reads from it which fixtures are asked for
	baseURL: ({}, use) => use(running().origin),
	/**
	 * Closes the windows of a test after it. Open pages of the desk would send requests at each change that later
	 * journeys make. Windows of a file's `beforeAll` stay.
	 */
	closeWindows: [
		async ({ browser }, use) => {
			const before = browser.contexts();
			await use();
			const opened = browser.contexts().filter((context) => !before.includes(context));
			await Promise.all(opened.map((context) => context.close()));
		},
		{ auto: true }
	]
});
