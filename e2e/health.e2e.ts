import { expect, test } from './support/test.ts';
import { haltConnection } from '../src/lib/server/escalation/connection/connection.ts';
import { provideAccount } from '../src/lib/server/people/first-account.ts';
import { openOwnDatabase } from './support/own-database.ts';
import { expectAccessible, signedInAt } from './support/pages.ts';
import { photoWithPosition } from './support/photo.ts';
import { startSite } from './support/site.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
/** More than any disk has: what is kept free for the database is gone from the start. */
const MORE_THAN_ANY_DISK = String(10 ** 9);

/** An installation whose key LAPOR refused, with a root administrator. @returns its settings and the password */
async function brokenInstallation() {
	const { settings, close, remove } = await openOwnDatabase('health');
	const made = await provideAccount({
		...{ username: 'admin', name: 'Admin Contoh', roles: ['admin'], password: true },
		...{ unit: '7600', unitName: 'Kantor Contoh', unitSlug: 'contoh' }
	});
	await haltConnection({ code: 'unauthorised' });
	await close();
	return { settings, password: made.password ?? '', remove };
}

test('with LAPOR refusing us and the disk full the site says what to do, refuses files, and still takes reports', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const { settings, password, remove } = await brokenInstallation();
	const site = await startSite({
		...{ ...settings, LIMITS: 'off', DISK_RESERVE_MB: MORE_THAN_ANY_DISK },
		...{ LAPOR_MODE: 'api', LAPOR_BASE_URL: 'http://127.0.0.1:1', LAPOR_BEARER: 'contoh', LAPOR_TOKEN: 'contoh' }
	});
	try {
		const { origin } = site;
		const admin = await signedInAt(browser, origin, { username: 'admin', password });
		await admin.goto(`${origin}/admin`);
		await admin.getByRole('main').getByRole('link', { name: 'Kesehatan situs' }).click();
		const row = (title: string) =>
			admin.getByRole('listitem').filter({ has: admin.getByRole('heading', { name: title }) });
		for (const title of ['Ruang penyimpanan', 'Sambungan SP4N-LAPOR!']) {
			await expect(row(title)).toContainText('Perlu ditangani');
			await expect(row(title)).toContainText('Langkah berikutnya');
		}
		await expect(row('E-mail')).toContainText('SMTP_URL');
		await expect(row('Basis data')).toContainText('Baik');
		for (const width of [360, 1440]) {
			await admin.setViewportSize({ width, height: 800 });
			for (const lang of ['en', 'id']) {
				await admin.goto(`${origin}/admin/health?lang=${lang}`);
				await expectAccessible(admin);
				const overflow = await admin.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
				expect(overflow).toBeLessThanOrEqual(0);
			}
		}

		const citizen = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
		await citizen.goto(`${origin}/contoh/pengaduan`);
		await citizen.locator('[name=body]').fill(BODY);
		await citizen.locator('[name=identity][value=none]').check({ force: true });
		const photo = { name: 'kursi.jpg', mimeType: 'image/jpeg', buffer: await photoWithPosition() };
		await citizen.setInputFiles('[name=file]', photo);
		await citizen.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await expect(citizen.getByText('penyimpanan kantor sedang penuh').first()).toBeVisible();
		await expect(citizen.locator('[name=body]')).toHaveValue(BODY);
		await citizen.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await expect(citizen).toHaveURL(`${origin}/terima`);
		await expect(citizen.locator('#reference')).toContainText('SPATULA-7600-');
	} finally {
		await site.stop();
		await remove();
	}
});
