import { startIdentityProvider } from '../src/lib/dev/testing/sign-in/identity-provider.ts';
import { freePort } from '../src/lib/dev/testing/network/free-port.ts';
import { makeAccount, openOwnSite } from './support/own-site.ts';
import { fill, signedInAt, openAndCheck } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test('a person links their account at the identity provider and signs in there, without scripts', async ({
	browser
}) => {
	const port = await freePort();
	// Another site than the provider's for the browser, so that cookies are sent as they are on the internet.
	const origin = `http://127.0.0.1:${port}`;
	const provider = await startIdentityProvider([`${origin}/login/sso/kembali`], 'localhost');
	const fillSite = () => makeAccount({ username: 'admin', name: 'Contoh', roles: ['admin'] });
	const site = await openOwnSite('sso', fillSite, { PORT: String(port), ORIGIN: origin, ...provider.settings });
	const context = await browser.newContext({ baseURL: origin, javaScriptEnabled: false });
	const page = await context.newPage();
	const atProvider = async (name: string) => {
		await page.locator('[name=login]').fill(name);
		await page.locator('[name=password]').fill('x');
		await page.locator('[type=submit]').click();
	};

	await page.goto('/login');
	await page.getByRole('link', { name: 'Masuk dengan Portal Contoh' }).click();
	await atProvider('pegawai');
	await expect(page.getByRole('alert')).toContainText('belum terhubung');

	await fill(page, { username: site.username, password: site.password });
	await press(page, 'Masuk');
	await page.goto('/me/security');
	await press(page, 'Hubungkan dengan Portal Contoh');
	await page.getByRole('link', { name: 'Lanjut ke Portal Contoh' }).click();
	await expect(page.locator('#sso')).toContainText('Terhubung dengan Portal Contoh sejak');
	await context.clearCookies({ domain: '127.0.0.1' });

	await page.goto('/login');
	await page.getByRole('link', { name: 'Masuk dengan Portal Contoh' }).click();
	await expect(page).not.toHaveURL(/\/login/);
	expect(new URL(page.url()).origin).toBe(origin);
	const seen = await signedInAt(browser, origin, site);
	await openAndCheck(seen, '/me/security', 360, 1440);
	const stranger = await browser.newPage({ baseURL: origin });
	await openAndCheck(stranger, '/login?sso=unlinked', 360, 1440);
	await context.close();
	await provider.close();
	await site.stop();
});
