import { haltConnection } from '../src/lib/server/escalation/connection/connection.ts';
import { makeAccount, openOwnSite } from './support/own-site.ts';
import { expectAccessible, expectFits, fillReport, readReceipt, signedInAt } from './support/pages.ts';
import { photoFile } from './support/photo.ts';
import { expect, test } from './support/test.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
/** A reserve larger than any disk, so that the disk counts as full from the start. */
const MORE_THAN_ANY_DISK = String(10 ** 9);

test('if LAPOR rejects calls and the disk is full, the site says what to do and still accepts reports', async ({
	browser
}) => {
	const brokenInstallation = async () => {
		const person = await makeAccount({ username: 'admin', name: 'Administrator Contoh', roles: ['admin'] });
		await haltConnection({ code: 'unauthorised' });
		return { person };
	};
	const { origin, person, stop } = await openOwnSite('health', brokenInstallation, {
		DISK_RESERVE_MB: MORE_THAN_ANY_DISK,
		LAPOR_MODE: 'api',
		LAPOR_BASE_URL: 'http://127.0.0.1:1',
		LAPOR_BEARER: 'contoh',
		LAPOR_TOKEN: 'contoh'
	});
	try {
		const admin = await signedInAt(browser, origin, person);
		await admin.goto('/admin');
		await admin.getByRole('main').getByRole('link', { name: 'Kesehatan situs' }).click();
		const row = (title: string) =>
			admin.getByRole('listitem').filter({ has: admin.getByRole('heading', { name: title }) });
		for (const title of ['Ruang penyimpanan', 'Sambungan SP4N-LAPOR!']) {
			await expect(row(title)).toContainText('Perlu ditangani');
			await expect(row(title)).toContainText('Langkah berikutnya');
		}
		await expect(row('E-mail')).toContainText('SMTP_URL');
		// On a busy machine the database may answer slowly, which the page says.
		await expect(row('Basis data')).toContainText(/Baik|baru menjawab/);
		for (const lang of ['en', 'id']) {
			await admin.goto(`/admin/health?lang=${lang}`);
			await expectAccessible(admin);
			await expectFits(admin, 360, 1440);
		}

		const citizen = await browser.newPage({ baseURL: origin, javaScriptEnabled: false });
		await citizen.goto('/contoh/pengaduan');
		await fillReport(citizen, BODY);
		await citizen.setInputFiles('[name=file]', await photoFile('kursi.jpg'));
		await citizen.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await expect(citizen.getByText('penyimpanan kantor sedang penuh').first()).toBeVisible();
		await expect(citizen.locator('[name=body]')).toHaveValue(BODY);
		await citizen.getByRole('button', { name: 'Kirim pengaduan' }).click();
		expect((await readReceipt(citizen)).reference).toContain('SPATULA-7600-');
	} finally {
		await stop();
	}
});
