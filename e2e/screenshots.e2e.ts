import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from './support/test.ts';
import { makeKioskPlace, pairDevice } from './support/kiosk.ts';
import { signedIn } from './support/pages.ts';

/**
 * The folder of README.md's pictures. `SPATULA_SCREENSHOTS=docs/screenshots npx playwright test screenshots` renews
 * them.
 */
const folder = process.env.SPATULA_SCREENSHOTS ?? join('test-results', 'screenshots');

/** @param from the heading that the picture begins with, else the top of the page */
async function picture(page: Page, path: string, name: string, width: number, from?: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	await page.setViewportSize({ width, height: width < 800 ? 780 : 900 });
	await page.goto(path);
	if (from) await page.getByRole('heading', { name: from }).evaluate((heading) => heading.scrollIntoView());
	await page.screenshot({ path: join(folder, `${name}.png`) });
}

test('the pictures of the README are drawn', async ({ browser, page }) => {
	await picture(page, '/mamuju', 'office-page', 360);
	await picture(page, '/q/MMJPTG', 'rating', 360);
	const desk = await signedIn(browser, 'penangan.mamuju');
	await picture(desk, '/desk', 'inbox', 1440);
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	await picture(manager, '/insight/officers?unit=mamuju', 'comparison', 1440);
	const officer = await manager.locator('tbody a[href^="/insight/officers/"]').first().getAttribute('href');
	await picture(manager, officer ?? '', 'officer-phone', 360, 'Pada masa ini');
	await picture(manager, officer ?? '', 'officer', 1440);
	const tablet = await pairDevice(browser, await makeKioskPlace(browser, 'utama'), 'tablet', { atDesk: true });
	await expect(tablet.getByRole('button', { name: 'Puas', exact: true })).toBeVisible();
	await tablet.screenshot({ path: join(folder, 'tablet.png') });
});
