import { unlink, writeFile } from 'node:fs/promises';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { expectAccessible, fillReport, readReceipt, showLastStep, shownField } from './support/pages.ts';
import { bar, casesWith, keptInBrowser, openForm, ownWords } from './support/phone.ts';
import { photoFile } from './support/photo.ts';
import { CORE, expect, test, type Page } from './support/test.ts';

/** Sends the form and expects one report with this text and this many files. */
async function sendWith(page: Page, body: string, files: number): Promise<void> {
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await readReceipt(page);
	expect((await casesWith(body)).map(({ attachments }) => attachments.length)).toEqual([files]);
}

test('a form with mistakes keeps its photos and says what to correct', { tag: CORE }, async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	await page.setInputFiles('[name=file]', await photoFile('kursi.jpg'));
	await showLastStep(page);
	const [first] = await Promise.all([
		page.waitForRequest((request) => request.method() === 'POST'),
		page.getByRole('button', { name: 'Kirim pengaduan' }).click()
	]);
	// Photos do not travel with a form that the site is going to refuse.
	expect(first.postDataBuffer()?.length ?? 0).toBeLessThan(5000);
	await expect(page.getByText('Tulis isi laporan Anda.').first()).toBeVisible();
	await expect(page.locator('[name=body]')).toBeFocused();
	await expect(page.getByText('Pilih “Dengan nama saya”').first()).toBeVisible();
	await expect(page.locator('.chosen li')).toContainText('kursi.jpg');
	await expectAccessible(page);

	// A phone's camera gives one photo at a time, so each choice adds to the list.
	await page.setInputFiles('[name=file]', {
		name: 'catatan.jpg',
		mimeType: 'image/jpeg',
		buffer: Buffer.from('teks')
	});
	await expect(page.locator('.chosen li')).toContainText(['kursi.jpg', 'catatan.jpg']);
	await expect(page.locator('.chosen img')).toHaveCount(1);
	await fillReport(page, ownWords());
	// Nothing can be changed while the form is on its way.
	let release: () => void = () => undefined;
	const held = new Promise<void>((done) => (release = done));
	await page.route('**/mamuju/pengaduan', async (route) => {
		await held;
		return route.continue();
	});
	const send = page.getByRole('button', { name: 'Kirim pengaduan' });
	await send.click();
	await expect(bar(page)).toContainText('Sedang mengirim');
	// Else a screen reader would read it again after each try.
	await expect(send).toBeFocused();
	expect(await page.locator('[name=requested_solution]').evaluate((field) => field.closest('[inert]') !== null)).toBe(
		true
	);
	release();
	await expect(page.locator('#errors')).toContainText('catatan.jpg');
	await expect(page.locator('.chosen li')).toContainText(['kursi.jpg', 'catatan.jpg']);
	await page.getByRole('button', { name: 'Hapus catatan.jpg' }).click();
	const body = ownWords();
	await fillReport(page, body);
	await sendWith(page, body, 1);
});

test('files that the site refuses stay chosen, so that the person removes only the wrong ones', async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	const good = await Promise.all(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'].map(photoFile));
	const unreadable = { name: 'catatan.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('teks') };
	await page.setInputFiles('[name=file]', [unreadable, ...good]);
	const body = ownWords();
	await page.setViewportSize({ width: 360, height: 640 });
	await fillReport(page, body);
	// One file too many.
	await expect(page.locator('#file-error')).toHaveText('Paling banyak 5 berkas, jadi tidak dilampirkan: e.jpg');
	await expect(page.locator('.chosen li')).toHaveCount(5);
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page.locator('#errors')).toContainText('catatan.jpg');
	const error = page.locator('#file-error');
	await expect(error).toContainText('Hapus dulu berkas itu dari daftar di bawah.');
	await expect(error).toBeInViewport({ ratio: 1 });
	const red = await error.evaluate((element) => getComputedStyle(element).color);
	await expect(page.locator('.chosen li', { hasText: 'catatan.jpg' })).toHaveCSS('color', red);
	await expect(page.locator('.chosen li')).toHaveCount(5);
	await page.getByRole('button', { name: 'Hapus catatan.jpg' }).click();
	await showLastStep(page);
	await sendWith(page, body, 4);
});

test('a file of another kind or a large one is refused as soon as it is chosen, and the others stay chosen', async ({
	page
}) => {
	await openForm(page, '/mamuju/pengaduan');
	const body = ownWords();
	await fillReport(page, body);
	await page.setInputFiles('[name=file]', [
		await photoFile('a.jpg'),
		{ name: 'surat.docx', mimeType: 'application/msword', buffer: Buffer.from('teks') },
		{ name: 'buku.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(9 * 1024 * 1024) }
	]);
	await expect(page.locator('#file-error')).toHaveText(
		'Hanya foto dan PDF yang dapat dilampirkan. Punya video atau berkas lain? Sebutkan di tulisan Anda. Tidak dilampirkan: surat.docx. Lebih besar dari 8 MB (PDF) atau 10 MB (foto), jadi tidak dilampirkan: buku.pdf'
	);
	await expect(page.locator('#file-error')).toHaveRole('alert');
	await expect(page.locator('[name=file]')).toHaveAttribute('aria-label', /^Pilih foto atau PDF/);
	await expect(page.locator('.chosen li')).toHaveText([/a\.jpg/]);
	await page.setInputFiles('[name=file]', await photoFile('b.jpg'));
	await expect(page.locator('#file-error')).toHaveCount(0);
	await expect(page.locator('.chosen li')).toHaveText([/a\.jpg/, /b\.jpg/]);
	await sendWith(page, body, 2);
});

test('photos that a change of language drops are asked for again before the report is sent', async ({ page }) => {
	const body = ownWords();
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, body);
	const warning = page.getByText('Bila bahasa diganti, foto dan PDF perlu dipilih lagi.');
	await expect(warning).toBeHidden();
	await page.setInputFiles('[name=file]', await Promise.all(['a.jpg', 'b.jpg'].map(photoFile)));
	await page.getByRole('button', { name: 'Hapus a.jpg' }).click();
	await expect(warning).toBeVisible();
	await page.getByRole('link', { name: 'English' }).click();
	await expect(bar(page)).toContainText('except photos and PDFs. Choose them again.');
	await page.getByRole('link', { name: 'Bahasa Indonesia' }).click();
	const again = page.locator('.check').getByRole('link', { name: '1 foto atau PDF tidak ikut. Pilih lagi.' });
	await expect(again).toBeVisible();
	await expectAccessible(page);
	await again.click();
	await expect(page.getByRole('heading', { name: 'Langkah 2 dari 4' })).toBeVisible();
	await expect(page.locator('#file-error')).toHaveText('1 foto atau PDF tidak ikut. Pilih lagi.');
	await expectAccessible(page);
	await page.setInputFiles('[name=file]', await photoFile('b.jpg'));
	await expect(page.locator('.chosen li')).toContainText('b.jpg');
	await expect(page.locator('#file-error')).toHaveCount(0);
	await page.getByRole('link', { name: 'Lanjut', exact: true }).click();
	await expect(again).toHaveCount(0);
	// A text that is kept on the phone and continued in another tab asks for them, too.
	await (await shownField(page, 'keep-on-phone')).check();
	await expect.poll(() => keptInBrowser(page)).toContain('"file":["1"]');
	const other = await page.context().newPage();
	await openForm(other, '/mamuju/pengaduan');
	await bar(other).getByRole('button', { name: 'Lanjutkan' }).click();
	await expect(bar(other)).toContainText('kecuali foto, PDF, dan nama yang dirahasiakan');
	await expect(other.locator('.check .files')).toHaveText('1 foto atau PDF tidak ikut. Pilih lagi.');
	await other.close();
	await showLastStep(page);
	await sendWith(page, body, 1);
});

test('a photo that is chosen while others are made smaller neither replaces them nor is replaced', async ({
	page
}, info) => {
	const large = await noisyPhoto(3000, 2000);
	expect(large.length).toBeGreaterThan(700_000);
	const photo = (name: string) => ({ name, mimeType: 'image/jpeg', buffer: large });
	await openForm(page, '/mamuju/pengaduan');
	await page.setInputFiles('[name=file]', [photo('a.jpg'), photo('b.jpg')]);
	const path = info.outputPath('kecil.jpg');
	await writeFile(path, (await photoFile('kecil.jpg')).buffer);
	await page.setInputFiles('[name=file]', path);
	await expect(page.locator('.chosen li')).toContainText(['a.jpg', 'b.jpg', 'kecil.jpg'], { timeout: 60_000 });
	// The same file once more.
	await page.setInputFiles('[name=file]', path);
	await showLastStep(page);
	await page.getByRole('button', { name: 'Hapus a.jpg' }).click();
	await expect(page.locator('.chosen li')).toContainText(['b.jpg', 'kecil.jpg']);
	const files = await page
		.locator('[name=file]')
		.evaluate((input: HTMLInputElement) => [...(input.files ?? [])].length);
	expect(files).toBe(2);
});

test('a photo that is chosen while the form waits for others is sent with them', async ({ page }) => {
	const large = { name: 'besar.jpg', mimeType: 'image/jpeg', buffer: await noisyPhoto(3000, 2000) };
	const later = { ...large, name: 'susulan.jpg', buffer: await noisyPhoto(2900, 2000) };
	await openForm(page, '/mamuju/pengaduan');
	const body = ownWords();
	await fillReport(page, body);
	// Keeps each photo at the step of being made smaller, until the test lets it go on.
	await page.evaluate(() => {
		const { decode } = HTMLImageElement.prototype;
		const goOn = new Promise((done) => addEventListener('go-on', done, { once: true }));
		HTMLImageElement.prototype.decode = function () {
			return goOn.then(() => decode.call(this));
		};
	});
	await page.setInputFiles('[name=file]', large);
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(bar(page)).toContainText('Sedang mengirim');
	await page.setInputFiles('[name=file]', later);
	await page.evaluate(() => dispatchEvent(new Event('go-on')));
	await expect(page).toHaveURL('/terima', { timeout: 60_000 });
	await readReceipt(page);
	expect((await casesWith(body)).map(({ attachments }) => attachments.length)).toEqual([2]);
});

test('a photo that the phone can no longer read is named, and the report is sent without it', async ({
	page
}, info) => {
	const body = ownWords();
	const path = info.outputPath('terhapus.jpg');
	await writeFile(path, (await photoFile('terhapus.jpg')).buffer);
	await openForm(page, '/mamuju/pengaduan');
	await page.setInputFiles('[name=file]', path);
	await expect(page.locator('.chosen li')).toContainText('terhapus.jpg');
	await fillReport(page, body);
	await unlink(path);
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(bar(page)).toContainText('terhapus.jpg: Berkas ini tidak dapat dibaca lagi');
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Hapus terhapus.jpg' }).click();
	await sendWith(page, body, 0);
});
