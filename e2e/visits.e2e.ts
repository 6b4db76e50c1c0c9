import { running, sessionOf } from './support/journey.ts';
import {
	expectAccessible,
	checkPagesInFullRun,
	printedPages,
	rateByLink,
	signedIn,
	openAndCheck
} from './support/pages.ts';
import { scanned } from './support/photo.ts';
import { expect, test, type Page } from './support/test.ts';

async function noteVisitor(desk: Page, purpose: string, button: string): Promise<void> {
	await desk.goto('/desk/visits?unit=mamuju');
	await desk.getByLabel('Petugas yang melayani').selectOption({ label: 'Petugas Contoh 3' });
	await desk.getByLabel('Keperluan').fill(purpose);
	await desk.getByRole('button', { name: button }).click();
}

test('the guest book’s code on the screen leads to a rating from the visitor’s own phone', async ({ browser }) => {
	const words = `lewat-kode-${crypto.randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'penangan.mamuju');
	await checkPagesInFullRun(desk, '/desk/visits?unit=mamuju');
	await noteVisitor(desk, `Data padi ${words}`, 'Catat dan mulai');
	await expect(desk.getByRole('status')).toContainText('Tercatat');
	const line = desk.locator('tr', { hasText: words });
	await expect(line).toContainText('Sedang dilayani');
	await line.getByRole('button', { name: 'Tandai selesai' }).click();
	await expect(desk).toHaveURL(/\/desk\/visits\/[0-9a-f-]{36}\?done=closed/);
	const page = new URL(desk.url()).pathname;
	await openAndCheck(desk, page);
	const address = await scanned(desk.locator('#qr'));
	expect(address).toBe(await desk.locator('#link').innerText());
	await expect(desk.getByRole('button', { name: 'Salin tautan' })).toBeVisible();
	const before = await desk.locator('main').innerText();

	const phone = await rateByLink(browser, address, words);
	await expect(phone.getByText('Terima kasih').first()).toBeVisible();
	// Once the link is used, it shows the visitor a message, and the desk's page does not change.
	expect((await phone.goto(address))?.status()).toBe(410);
	await expect(phone.getByText('sudah dipakai').first()).toBeVisible();
	await expectAccessible(phone);
	await expect(phone.getByRole('link', { name: 'Nilai tanpa tautan' })).toHaveAttribute('href', /\/mamuju\/nilai$/);
	expect((await phone.goto('/nilai/AAAAAAAAAAAAAAAAAAAAAA'))?.status()).toBe(404);
	await expect(phone.getByText('tidak dikenal').first()).toBeVisible();
	await desk.reload();
	// The copy button appears when the scripts have run.
	await expect.poll(() => desk.locator('main').innerText()).toBe(before);
	await desk.goto(address);
	await expect(desk.getByText('Halaman ini tidak menunjukkan apakah pengunjung sudah menilai')).toBeVisible();
	await expectAccessible(desk);
});

test('without scripts a visit waits, begins, ends, prints a slip and is corrected', async ({ browser }) => {
	const words = `tanpa-skrip-${crypto.randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'penangan.mamuju', { javaScriptEnabled: false });
	await noteVisitor(desk, words, 'Catat, masih menunggu');
	await desk.getByRole('link', { name: words }).click();
	await expect(desk.getByText('Menunggu', { exact: true })).toBeVisible();
	await desk.getByRole('button', { name: 'Mulai layani' }).click();
	await expect(desk.getByRole('status')).toContainText('sedang dilayani');
	// A message in the address that does not fit the visit's state is not shown.
	await desk.goto(desk.url().replace('done=begun', 'done=closed'));
	await expect(desk.getByText('Persilakan tamu memindai')).toHaveCount(0);
	await desk.getByRole('button', { name: 'Tandai selesai' }).click();
	await expect(desk.locator('#qr')).toBeVisible();
	await desk.getByRole('link', { name: 'Cetak karcis' }).click();
	await expect(desk.getByText('Nilai pelayanan kami')).toBeVisible();
	await expect(desk.locator('article')).not.toContainText('Petugas Contoh');
	expect(await printedPages(desk)).toBe(1);
	await desk.getByRole('link', { name: 'A6' }).click();
	await expect(desk.locator('article.a6')).toBeVisible();
	expect(await printedPages(desk)).toBe(1);
	await desk.getByRole('link', { name: 'Kembali ke kunjungan' }).click();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Kanal').selectOption('phone');
	// After the service, a handler is not offered to change the officer.
	await expect(desk.locator('select[name=officer]')).toHaveCount(0);
	await expect(desk.getByText('hanya dapat diganti oleh penyelia')).toBeVisible();
	await desk.getByLabel('Alasan perbaikan').fill('Salah pilih kanal');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByRole('status')).toContainText('Perbaikan tersimpan');
	await expect(desk.getByText('Telepon', { exact: true }).first()).toBeVisible();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Alasan perbaikan').fill('Sekali lagi');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByRole('alert')).toContainText('Tidak ada yang berubah');
	await expect(desk.getByRole('status').filter({ hasText: 'tersimpan' })).toHaveCount(0);
	const admin = await signedIn(browser, 'administrator.mamuju');
	await admin.goto('/admin/log?area=visit');
	await expect(admin.getByText('Salah pilih kanal')).toBeVisible();
});

test('the link of a visit by WhatsApp is sent by WhatsApp; a phone number in the purpose is questioned', async ({
	browser
}) => {
	const words = `kejauhan-${crypto.randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk/visits?unit=mamuju');
	await desk.getByLabel('Petugas yang melayani').selectOption({ label: 'Petugas Contoh 3' });
	await desk.getByLabel('Kanal').selectOption('whatsapp');
	await desk.getByLabel('Keperluan').fill(`${words} 0812 3456 7890`);
	await expect(desk.getByText('tampaknya memuat nama, nomor telepon')).toBeVisible();
	await expectAccessible(desk);
	await desk.getByRole('button', { name: 'Catat, sudah selesai' }).click();
	await expect(desk.getByRole('alert')).toContainText('Hapus bagian itu.');
	await expectAccessible(desk);
	await desk.getByLabel('Ini bukan data pribadi tamu').check();
	await desk.getByRole('button', { name: 'Catat, sudah selesai' }).click();
	await expect(desk.getByText('Kirim tautan di bawah ini kepada tamu')).toBeVisible();
	await expect(desk.getByText('tampaknya memuat nama, nomor telepon').first()).toBeVisible();
	// The button to send the link comes before the code to scan, visually and by keyboard.
	await desk.setViewportSize({ width: 360, height: 800 });
	const [send, code] = [desk.getByRole('link', { name: 'Kirim lewat WhatsApp' }), desk.locator('#qr')];
	expect((await send.boundingBox())?.y).toBeLessThan((await code.boundingBox())?.y ?? 0);
	await openAndCheck(desk, new URL(desk.url()).pathname);
	expect(await scanned(desk.locator('#qr'))).toBe(await desk.locator('#link').innerText());
	await desk.goto('/desk/visits?unit=mamuju');
	const line = desk.locator('tr', { hasText: words });
	await expect(line).toContainText('Mungkin memuat data pribadi');
	await line.getByRole('link', { name: 'Kirim tautan' }).click();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Keperluan').fill(words);
	await desk.getByLabel('Alasan perbaikan').fill('Nomor tamu tertulis');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByText('tampaknya memuat nama, nomor telepon')).toHaveCount(0);
});

test('a visitor of the guest book needs an officer before the service begins', async ({ browser }) => {
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk/visits?unit=mamuju');
	await desk.getByLabel('Petugas yang melayani').selectOption('');
	await desk.getByLabel('Keperluan').fill('Peta wilayah');
	await desk.getByRole('button', { name: 'Catat dan mulai' }).click();
	await expect(desk.getByRole('alert')).toContainText('Pilih petugas yang melayani');
	await expect(desk.getByLabel('Keperluan')).toHaveValue('Peta wilayah');
	await expectAccessible(desk);
});

test('a rating days later from an unknown phone counts as one of a recorded visit', async ({ browser }) => {
	const words = `kunjungan-lama-${crypto.randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk/visits?unit=mamuju');
	const { origin } = running();
	const headers = { cookie: await sessionOf('penangan.mamuju') };
	// The desk can't see which earlier visits were rated already, so links are tried until one opens.
	let link = '';
	for (let days = 0; days < 8 && !link; days++) {
		const day = await desk.locator('h2#of-day').innerText();
		await desk.getByRole('link', { name: /^Sebelumnya: / }).click();
		await expect(desk.locator('h2#of-day')).not.toHaveText(day);
		for (const href of await desk.locator('a[data-row]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
			const page = await (await fetch(`${origin}${href}`, { headers })).text();
			const address = /\/nilai\/[\w-]{22}/.exec(page)?.[0];
			if (!address || (await fetch(origin + address)).status !== 200) continue;
			link = address;
			break;
		}
	}
	await rateByLink(browser, link, words);
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	await manager.goto('/insight/ratings?unit=mamuju&verified=yes');
	await expect(manager.getByText(words)).toBeVisible();
});
