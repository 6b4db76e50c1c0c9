import { expect, test } from './support/test.ts';
import type { RunOptions } from 'axe-core';
import { PERSONS, ROUTES } from './support/access-table.ts';
import { running } from './support/journey.ts';
import { expectNoViolations, signedIn } from './support/pages.ts';
import { routesOf } from './support/routes.ts';
import { things } from './support/things.ts';

/** Pages without an address of their own: a secret opens them, and the journeys that hold it look at them. */
const pages = routesOf('src/routes').filter(({ route, isPage }) => isPage && ROUTES[route]?.may.length);
/** As many as one test looks at: all of them take longer than all other journeys of a worker. */
const PAGES_PER_TEST = 12;

test.describe.configure({ mode: 'parallel' });

for (let first = 0; first < pages.length; first += PAGES_PER_TEST) {
	const routes = pages.slice(first, first + PAGES_PER_TEST);
	test(`no accessibility fault from /${routes[0]?.route} on, in both languages and colour schemes`, async ({
		browser
	}) => {
		test.setTimeout(240_000);
		const { origin } = running();
		const known = await things();
		const browsers = new Map<string, Awaited<ReturnType<typeof signedIn>>>();
		for (const { route } of routes) {
			const { may, at } = ROUTES[route] ?? { may: [] };
			const username = may.map((person) => PERSONS[person]).find((name) => name !== null);
			const person = may.includes('stranger') ? '' : (username ?? '');
			const page =
				browsers.get(person) ??
				(person ? await signedIn(browser, person) : await (await browser.newContext()).newPage());
			browsers.set(person, page);
			const path = (at ?? `/${route}`).replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'missing');
			const joined = path.includes('?') ? '&' : '?';
			// No colour is caught on its way from one scheme to the other.
			await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
			const inLanguage = async (lang: string, options: RunOptions) => {
				await page.goto(`${origin}${path}${joined}lang=${lang}`);
				await expect(page.locator('html'), path).toHaveAttribute('lang', lang);
				await expectNoViolations(page, options);
			};
			// Colours are the same in both languages.
			await inLanguage('en', { rules: { 'color-contrast': { enabled: false } } });
			await inLanguage('id', {});
			await page.emulateMedia({ colorScheme: 'dark' });
			// Colours alone differ.
			await expectNoViolations(page, { runOnly: ['color-contrast'] });
		}
	});
}
