import { makeKioskPlace, pairDevice, score, TABLET } from './support/kiosk.ts';
import { expectAccessible, openWithStream, signedIn } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

/** The scripts of open pages belong to a former version from now on. They look for a new one every 15 minutes. */
async function pretendNewVersion(page: Page): Promise<void> {
	await page.route('**/_app/version.json', (route) => route.fulfill({ json: { version: 'new' } }));
	await page.clock.fastForward('15:01');
}

test('an open inbox asks to be reloaded for a new version, and a click on a link loads a whole page', async ({
	browser
}) => {
	const page = await signedIn(browser, 'penangan.mamuju');
	await page.clock.install();
	const open = async () => {
		await openWithStream(page, '/desk');
		await page.waitForLoadState();
	};
	await open();
	await pretendNewVersion(page);
	await expect(page.locator('.bar')).toContainText('Situs ini sudah diperbarui.');
	await expectAccessible(page);
	await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'Terbuka' }).click()]);
	await page.unroute('**/_app/version.json');
	await open();
	await pretendNewVersion(page);
	const reload = page.getByRole('button', { name: 'Muat ulang' });
	await expect(reload).toBeVisible();
	await page.unroute('**/_app/version.json');
	await Promise.all([page.waitForEvent('load'), reload.click()]);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(reload).toHaveCount(0);
});

test('a tablet loads a new version while no visitor is at it', async ({ browser }) => {
	const place = await makeKioskPlace(browser, crypto.randomUUID().slice(0, 6));
	const context = { ...TABLET, serviceWorkers: 'block' as const };
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true, context });
	await page.clock.install();
	await page.reload();
	await expect(score(page, 'Puas')).toBeVisible();
	const loaded = page.waitForEvent('load');
	await pretendNewVersion(page);
	await loaded;
	await expect(score(page, 'Puas')).toBeVisible();
});
