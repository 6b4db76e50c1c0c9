import { formatDay } from '../src/lib/calendar/format.ts';
import { NOTICE_DATE } from '../src/lib/privacy/notice.ts';
import { phoneWithoutScripts, signedIn, openAndCheck } from './support/pages.ts';
import { photoFile } from './support/photo.ts';
import { expect, test } from './support/test.ts';

test('the notice keeps the office it was opened from, and says since when it is in force', async ({ browser }) => {
	const page = await phoneWithoutScripts(browser);
	await page.goto('/mamuju/nilai');
	await page.getByRole('link', { name: 'Privasi' }).click();
	await expect(page).toHaveURL(/\/privasi\?kantor=mamuju$/);
	const header = page.getByRole('banner').first();
	await expect(header).toContainText('BPS Kabupaten Mamuju');
	await expect(page.getByText(`Berlaku sejak ${formatDay(NOTICE_DATE, 'id')}.`)).toBeVisible();
	// The province is responsible for its regencies.
	await expect(page.locator('#kontak')).toContainText('Pejabat Pelindungan Data Pribadi Contoh');
	await expect(page.locator('#kontak')).toContainText('BPS Kabupaten Mamuju');

	const lead = page.locator('#hapus');
	await expect(lead).toContainText('"Cabut laporan (datanya dihapus setelah masa simpannya habis)"');
	// Another test of the same site may have set periods.
	await expect(lead).toContainText(/Isi laporan dan jawaban|belum menetapkannya/);
	await expect(lead.getByRole('link', { name: 'Tanyakan' })).toHaveAttribute('href', '#kontak');
	await expect(lead.getByRole('link', { name: 'Lacak laporan' })).toHaveAttribute('href', '/lacak?kantor=mamuju');

	await page.getByRole('link', { name: 'English' }).click();
	await expect(header).toContainText('BPS Kabupaten Mamuju');
	await expect(page.getByText(`In force since ${formatDay(NOTICE_DATE, 'en')}.`)).toBeVisible();
	await page.getByRole('main').getByRole('link', { name: 'BPS Kabupaten Mamuju' }).click();
	await expect(page).toHaveURL(/\/mamuju$/);

	await page.goto('/privasi');
	await expect(header).toContainText('SPATULA');
	for (const query of ['kantor=antah', 'versi=2020-01-01']) {
		expect((await page.goto(`/privasi?${query}`))?.status(), query).toBe(404);
	}
});

test('an officer’s photo is hidden at once after the consent is withdrawn, and shown after one on paper', async ({
	browser
}) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	await admin.goto('/admin/officers?unit=7604');
	await admin.getByRole('link', { name: 'Petugas Contoh 1', exact: true }).click();
	const page = new URL(admin.url()).pathname;
	await admin.getByRole('link', { name: 'Foto', exact: true }).click();
	await admin.locator('[name=file]').setInputFiles(await photoFile('potret.jpg'));
	await admin.getByRole('button', { name: 'Simpan foto' }).click();
	await expect(admin.locator('main img')).toBeVisible();
	await expect(admin.getByText('Petugas menyetujui fotonya ditampilkan kepada warga.')).toBeVisible();
	const path = `/berkas/petugas/${page.split('/').at(-1)}`;

	const citizen = await phoneWithoutScripts(browser);
	const photo = citizen.locator(`img[src="${path}"]`);
	const seen = async () => {
		await citizen.goto('/mamuju/nilai?petugas=semua');
		return [await photo.count(), (await citizen.request.get(path)).status()];
	};
	expect(await seen()).toEqual([1, 200]);

	const officer = await signedIn(browser, 'petugas1.mamuju');
	await openAndCheck(officer, '/me', 360);
	await officer.getByRole('button', { name: 'Tarik persetujuan' }).click();
	await expect(officer.getByText('Foto Anda tidak ditampilkan kepada warga.')).toBeVisible();
	expect(await seen()).toEqual([0, 404]);

	await admin.reload();
	await expect(admin.getByText('Warga tidak melihat foto ini')).toBeVisible();
	await admin.getByRole('link', { name: 'Catat persetujuan tertulis petugas' }).click();
	await admin.getByRole('button', { name: 'Catat pernyataan' }).click();
	await expect(admin.getByRole('alert')).toBeVisible();
	await admin.getByLabel('Surat dan tanggalnya').fill('Surat 12/Contoh tanggal 28 November 2026');
	await admin.getByRole('button', { name: 'Catat pernyataan' }).click();
	await expect(admin.getByText('Petugas menyetujui fotonya ditampilkan kepada warga.')).toBeVisible();
	expect(await seen()).toEqual([1, 200]);
	await admin.goto(`${page}/photo`);
	await admin.getByRole('button', { name: 'Hapus foto' }).click();
	await expect(admin.locator('main img')).toHaveCount(0);
	expect(await seen()).toEqual([0, 404]);
});
