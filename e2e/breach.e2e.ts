import { readFileSync } from 'node:fs';
import { openCase } from './support/cases.ts';
import { downloaded, expectAccessible, fill, signedIn, track, openAndCheck } from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test } from './support/test.ts';

const WHAT = 'Daftar pelapor bulan lalu terkirim ke alamat e-mail yang salah.';
const BODY = 'Isi laporan ini tidak boleh tampil di buku insiden sama sekali.';

test('the people affected are found and notified, and an anonymous reporter reads the notice on the tracking page', async ({
	browser
}) => {
	const { reference, receipt } = await openCase({ body: BODY });
	const admin = await signedIn(browser, 'administrator.sulbar');
	await openAndCheck(admin, '/admin/privacy', 360, 1440);
	await admin
		.getByRole('link', { name: /Insiden data pribadi/ })
		.last()
		.click();
	await admin.getByText('Catat insiden', { exact: true }).first().click();
	await expectAccessible(admin);
	const facts = { title: 'Daftar pelapor terkirim keliru', foundBy: 'Petugas Contoh 1' };
	await admin.getByLabel('Satuan kerja').selectOption({ label: '– 7604 BPS Kabupaten Mamuju' });
	await fill(admin, facts);
	await admin.getByRole('button', { name: 'Catat insiden' }).click();
	// What is missing is named, and nothing typed is lost.
	await expect(admin.locator('[name=title]')).toHaveValue(facts.title);
	await fill(admin, { what: WHAT, dataKinds: 'Nama dan nomor telepon pelapor', measures: 'Surat ditarik kembali.' });
	await admin.getByRole('button', { name: 'Catat insiden' }).click();
	await expect(admin.getByText('Sisa 71 jam').first()).toBeVisible();
	await expectAccessible(admin);
	const breach = new URL(admin.url()).pathname;

	await admin.getByRole('link', { name: 'Cari, tambah, dan beri tahu' }).click();
	await fill(admin, { first: reference });
	await admin.getByRole('button', { name: 'Cari' }).click();
	await expect(admin.getByText('Ditemukan 1, di antaranya 0')).toBeVisible();
	await expectAccessible(admin);
	await admin.getByRole('button', { name: 'Tambahkan ke insiden' }).click();
	await expect(admin.getByText('1 orang ditambahkan.')).toBeVisible();
	// An administrator who reads no cases learns neither the number nor the text.
	await expect(admin.getByText('nomor tidak dapat Anda lihat')).toBeVisible();
	expect(await admin.content()).not.toContain(BODY);

	const phone = await browser.newPage();
	await track(phone, receipt);
	await expect(phone.getByText(WHAT)).toHaveCount(0);

	await admin.goto(breach);
	const letter = admin.locator('details', { hasText: '4. Lembaga yang berwenang' });
	await letter.locator('summary').click();
	const file = await downloaded(admin, letter.getByRole('link', { name: 'Unduh PDF' }));
	expect((await readPdf(readFileSync(await file.path()))).text).toContain('UU 27/2022 Pasal 46');
	await letter.getByLabel('Surat ini sudah saya kirim').check();
	await letter.getByRole('button', { name: 'Simpan' }).click();
	// Without the time and means of sending the letter is not marked as sent.
	await expect(letter.locator('.error').first()).toBeVisible();
	const now = await admin.locator('time').first().getAttribute('datetime');
	const local = new Date(new Date(now ?? '').getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
	await fill(letter, { sentAt: local, sentHow: 'E-mail dinas' });
	await letter.getByRole('button', { name: 'Simpan' }).click();
	await expect(admin.getByText(/Dikirim .*: E-mail dinas/)).toBeVisible();

	const notice = admin.locator('details', { hasText: '3. Pemberitahuan kepada orang' });
	await notice.locator('summary').click();
	await notice.getByLabel('Terbitkan sekarang di halaman lacak').check();
	await notice.getByRole('button', { name: 'Simpan' }).click();
	await expect(admin.getByText('Semua sudah diberi tahu pada').first()).toBeVisible();

	await track(phone, receipt);
	await expect(phone.getByRole('heading', { name: 'Pemberitahuan tentang data pribadi Anda' })).toBeVisible();
	await expect(phone.getByText(WHAT)).toBeVisible();
	await expectAccessible(phone);
	await openAndCheck(admin, `${breach}/affected`, 360, 1440);
	await expect(admin.getByRole('cell', { name: /dibaca/ })).toBeVisible();
});
