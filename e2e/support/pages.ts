import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { account, running } from './journey.ts';

/** Nothing that axe knows to be wrong, on what the page shows now; it needs a page whose scripts run. */
export async function expectAccessible(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
	expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Opens a page in both languages, English first, and checks each; it stays in Indonesian. */
export async function visit(page: Page, path: string, origin = running().origin): Promise<void> {
	const joined = path.includes('?') ? '&' : '?';
	for (const lang of ['en', 'id']) {
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
	{ username, password }: { username: string; password: string }
): Promise<Page> {
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${origin}/login`);
	await page.locator('[name=username]').fill(username);
	await page.locator('[name=password]').fill(password);
	await page.getByRole('button', { name: 'Masuk', exact: true }).click();
	await expect(page).not.toHaveURL(/\/login/);
	return page;
}

/** A citizen's phone with scripts off. */
export async function phoneWithoutScripts(browser: Browser): Promise<BrowserContext> {
	return browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 780 } });
}
