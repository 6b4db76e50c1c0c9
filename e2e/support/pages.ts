import { readFileSync } from 'node:fs';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { account, running, sessionAt } from './journey.ts';

/**
 * `npm run test:all` checks every state of a page on the way, in both languages. The gate checks each route once for each
 * language and colour scheme (accessibility.e2e.ts).
 */
const everywhere = process.env.TEST_ALL !== undefined;

/** Expects no accessibility fault in what the page shows now; it needs a page whose scripts run. */
export async function expectAccessible(page: Page): Promise<void> {
	if (everywhere) await expectNoViolations(page);
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** @param options of axe, where not all of its rules are wanted */
export async function expectNoViolations(page: Page, options: axe.RunOptions = {}): Promise<void> {
	// Axe's own adapter for Playwright opens a second page for each analysis, which takes six times as long.
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	const found = await page.evaluate(
		async (options) => {
			const { violations } = await (window as typeof window & { axe: typeof axe }).axe.run(document, options);
			return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
		},
		{ resultTypes: ['violations'], ...options } satisfies axe.RunOptions
	);
	expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Opens a page and checks it, in English first where both languages are checked; it stays in Indonesian. */
export async function visit(page: Page, path: string, origin = running().origin): Promise<void> {
	const joined = path.includes('?') ? '&' : '?';
	for (const lang of everywhere ? ['en', 'id'] : ['id']) {
		await page.goto(`${origin}${path}${joined}lang=${lang}`);
		await expect(page.locator('html')).toHaveAttribute('lang', lang);
		await expectAccessible(page);
	}
}

/** A browser in which somebody of the demo is signed in. */
export const signedIn = (browser: Browser, username: string): Promise<Page> =>
	signedInAt(browser, running().origin, account(username));

/** A browser in which somebody is signed in at an installation of the journey's own. */
export async function signedInAt(
	browser: Browser,
	origin: string,
	person: { username: string; password: string }
): Promise<Page> {
	const context = await browser.newContext();
	const [name = '', value = ''] = (await sessionAt(origin, person)).split('=');
	await context.addCookies([{ name, value, url: origin }]);
	return context.newPage();
}

/** A citizen's phone with scripts off. */
export async function phoneWithoutScripts(browser: Browser): Promise<BrowserContext> {
	return browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 780 } });
}
