import { test as base } from '@playwright/test';

export * from '@playwright/test';

/**
 * Closes the windows that a test opened once it is over. Left open, every page of the desk asks the site again at each
 * change that the journeys after it make. Windows of a file's `beforeAll` stay.
 */
export const test = base.extend<{ closeWindows: void }>({
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
