import { test as base } from '@playwright/test';
import { running } from './journey.ts';

export * from '@playwright/test';

/** The tag of the journeys that `npm test` runs: the way of a report and of a rating. `npm run test:all` runs all. */
export const CORE = '@core';

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
