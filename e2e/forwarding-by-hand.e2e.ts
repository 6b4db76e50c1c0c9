import { attach } from './support/cases.ts';
import { button, forwardByScreen, openForwardingOffice, type ForwardingOffice } from './support/forwarding-office.ts';
import { downloaded, expectAccessible, openAtDesk, openUntil, openAndCheck } from './support/pages.ts';
import { photoBytes } from './support/photo.ts';
import { expect, test } from './support/test.ts';

let office: ForwardingOffice;
test.beforeAll(async () => {
	office = await openForwardingOffice({ LAPOR_MODE: 'manual', LAPOR_BASE_URL: '', LAPOR_BEARER: '', LAPOR_TOKEN: '' });
});
test.afterAll(() => office?.stop());

test('in manual mode a person copies a report to LAPOR, enters its number, copies a message, and enters statuses', async ({
	browser
}) => {
	const page = await office.signedIn(browser);
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	const { reference } = await office.complaint({
		identity: 'named',
		reporter: { name: 'Andi Baso', phone: '0812-3456-7890' }
	});
	await attach(reference, await photoBytes('andi-baso.jpg'), office);
	const forward = await forwardByScreen(page, reference);
	await openAndCheck(page, forward, 360, 1440);

	// Fields are copied one by one. Copied ones are ticked, also after a reload.
	const copy = page.locator('#copy');
	const labels = ['Judul laporan', 'Isi laporan', 'Tanggal kejadian', 'Lokasi kejadian', 'Instansi tujuan', 'Kategori'];
	for (const label of labels) await copy.getByRole('button', { name: `Salin ${label}` }).click();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Waktu pelayanan');
	await copy.getByRole('button', { name: 'Salin Isi laporan' }).click();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(new RegExp(`^${reference}\\.01\n`));
	await expect(copy).toContainText('32 dari 100 huruf');
	await expect(copy.getByRole('status')).toContainText(/^6 dari \d+ isian disalin$/);
	await page.reload();
	await expect(copy.getByRole('checkbox', { name: 'Sudah disalin: Isi laporan' })).toBeChecked();
	const download = await downloaded(page, copy.getByRole('link', { name: 'Unduh: lampiran-1.jpg' }));
	expect(download.suggestedFilename()).toBe('lampiran-1.jpg');

	await page.locator('#lapor_id').fill('nomor belum ada');
	await button(page, 'Simpan nomor').click();
	await expect(page.getByRole('alert')).toContainText('4 sampai 10 angka');
	await page.locator('#lapor_id').fill('#7604001');
	await button(page, 'Simpan nomor').click();
	await expect(page.getByText('Nomor SP4N-LAPOR! tersimpan')).toBeVisible();
	await openAndCheck(page, forward, 360, 1440);

	// A later message of the office waits to be copied to LAPOR.
	await openAtDesk(page, reference, 'messages');
	await page.locator('[name=body]').fill('Kami sedang menambah petugas di loket dua.');
	await button(page, 'Kirim ke pelapor').click();
	await openUntil(page, forward, page.locator('#followups').getByText('Kami sedang menambah petugas'));
	await expectAccessible(page);
	await button(page, 'Sudah saya tulis di sana').click();
	await expect(page.locator('#followups')).toContainText('Terkirim');

	const status = async (name: string, note: string) => {
		await page.locator('[name=status_name]').selectOption(name);
		await page.locator('[name=note]').fill(note);
		await button(page, 'Simpan status').click();
		await expect(page.getByRole('status')).toContainText('Status tersimpan');
	};
	await status('Dalam Proses', 'Diteruskan ke bagian umum.');
	await status('Selesai', 'Loket dua kini dijaga dua petugas.');
	await expect(page.getByText('Tulis jawaban untuk pelapor di halaman laporannya').first()).toBeVisible();
	await expect(page.locator('#history')).toContainText('Siti Rahma');
	await openAndCheck(page, forward, 360, 1440);
	await openAtDesk(page, reference);
	await expect(page.locator('.row:has(> h1)').getByText('Sedang ditindaklanjuti')).toBeVisible();
	await openAndCheck(page, '/desk/escalations', 360, 1440);
});

test('a report that was prepared by mistake is taken back before it is copied', async ({ browser }) => {
	const page = await office.signedIn(browser);
	const { reference } = await office.complaint();
	await forwardByScreen(page, reference);
	await page.getByText('Batalkan penerusan…').click();
	await page.locator('#cancel_reason').fill('Instansinya keliru.');
	await expectAccessible(page);
	await button(page, 'Ya, batalkan').click();
	await expect(page.getByRole('status')).toContainText('Penerusan ini dibatalkan');
	await expect(page.locator('#history')).toContainText('Instansinya keliru.');
	await openAtDesk(page, reference, 'escalation');
	await expect(button(page, 'Siapkan untuk disalin')).toBeVisible();
	// The texts of the cancelled forward do not come back, and the browser stores only what is typed.
	await expect(page.locator('[name=reason]')).toHaveValue('');
	await page.locator('[name=reason]').fill('Instansinya sudah dicek.');
	const stored = () => page.evaluate(() => JSON.stringify(Object.values(localStorage)));
	await expect.poll(stored).toContain('Instansinya sudah dicek.');
	expect(await stored()).not.toContain(await page.locator('[name=title]').inputValue());
});
