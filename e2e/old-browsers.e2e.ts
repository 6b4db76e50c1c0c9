import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { expectAccessible, fillReport, readReceipt, shownField, signedIn } from './support/pages.ts';
import { bar, keptInBrowser, openForm } from './support/phone.ts';
import { expect, test, type Page } from './support/test.ts';

/** Chooses a photo of a camera that was held upright. @returns the file that the form sends */
async function chosenPhoto(page: Page) {
	const buffer = await sharp(await noisyPhoto(3000, 2000))
		.withMetadata({ orientation: 6 })
		.jpeg()
		.toBuffer();
	await openForm(page, '/mamuju/pengaduan');
	await page.setInputFiles('[name=file]', { name: 'kursi.jpeg', mimeType: 'image/jpeg', buffer });
	await expect(page.locator('.chosen li')).toContainText('kursi', { timeout: 60_000 });
	const sent = await page.locator('[name=file]').evaluate(async (input: HTMLInputElement) => {
		const [file] = input.files ?? [];
		const image = new Image();
		image.src = URL.createObjectURL(file as File);
		await image.decode();
		return { name: file?.name, width: image.width, height: image.height, size: file?.size ?? 0 };
	});
	return { ...sent, size: sent.size < buffer.length ? 'smaller' : 'same' };
}

test('a large photo is made smaller and upright', async ({ page }) => {
	expect(await chosenPhoto(page)).toEqual({ name: 'kursi.jpg', width: 1365, height: 2048, size: 'smaller' });
});

test('a browser without ARIA properties marks a faulty field and names the progress of a photo', async ({ page }) => {
	await page.addInitScript(() => {
		for (const name of ['ariaInvalid', 'ariaLabel']) Reflect.deleteProperty(Element.prototype, name);
	});
	expect(await chosenPhoto(page)).toMatchObject({ name: 'kursi.jpg' });
	await expect(page.locator('.chosen progress')).toHaveAttribute('aria-label', 'kursi.jpg');
	await (await shownField(page, 'body')).fill('Terlalu pendek');
	await page.getByRole('link', { name: 'Lanjut' }).click();
	await expect(page.locator('[name=body]')).toHaveAttribute('aria-invalid', 'true');
});

test('a browser that hides what a canvas holds sends the photo as it is', async ({ page }) => {
	await page.addInitScript(() => {
		CanvasRenderingContext2D.prototype.getImageData = () =>
			new ImageData(new Uint8ClampedArray([12, 200, 7, 255]), 1, 1);
	});
	expect(await chosenPhoto(page)).toEqual({ name: 'kursi.jpeg', width: 2000, height: 3000, size: 'same' });
});

test('a text is saved on the phone, and deleted from it, after the browser has closed the store', async ({ page }) => {
	await page.addInitScript(() => {
		const { open } = IDBFactory.prototype;
		IDBFactory.prototype.open = function (...given) {
			const request = open.apply(this, given);
			request.addEventListener('success', () => addEventListener('close-store', () => request.result.close()));
			return request;
		};
	});
	await openForm(page, '/mamuju/saran');
	const [box, body] = [page.locator('#keep-on-phone'), page.locator('[name=body]')];
	const close = () => page.evaluate(() => dispatchEvent(new Event('close-store')));
	await box.check();
	await body.fill('Tambah kursi');
	await expect.poll(() => keptInBrowser(page)).toMatch(/"body":\["Tambah kursi"\]/);
	await close();
	await body.fill('Tambah kursi di ruang tunggu.');
	await expect.poll(() => keptInBrowser(page)).toMatch(/"body":\["Tambah kursi di ruang tunggu."\]/);
	await expect(box).toBeChecked();
	await close();
	await box.uncheck();
	await expect.poll(() => keptInBrowser(page)).not.toMatch(/"body":/);
});

test('a browser that can’t store the text on the phone says so', async ({ page }) => {
	await page.addInitScript(() => {
		IDBFactory.prototype.open = () => {
			throw new DOMException('', 'InvalidStateError');
		};
	});
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, 'Kursi ruang tunggu patah sejak bulan lalu.');
	const box = await shownField(page, 'keep-on-phone');
	await box.click();
	await expect(bar(page)).toContainText('Perangkat ini tidak dapat menyimpan tulisan Anda.');
	await expect(box).not.toBeChecked();
	await expectAccessible(page);
});

test('the button of the receipt copies without the clipboard too, or says that it can’t and selects the code', async ({
	page
}) => {
	// Without TLS, browsers have no clipboard.
	await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, 'Kursi ruang tunggu patah sejak bulan lalu.');
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	const { receipt } = await readReceipt(page);
	const copy = page.locator('#receipt-copy');
	await page.clock.install();
	await copy.dblclick();
	await expect(copy).toHaveText('Tersalin');
	await page.clock.fastForward(3000);
	await expect(copy).toHaveText('Salin kode');
	await expect(copy).toBeFocused();
	const pasted = page.locator('#pasted');
	await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { id: 'pasted' })));
	await pasted.press('ControlOrMeta+V');
	expect((await pasted.inputValue()).replace(/\s/g, '')).toBe(receipt);
	await page.evaluate(() => (document.execCommand = () => false));
	await copy.click();
	await expect(page.getByText('Belum tersalin. Tulis kode di kertas')).toBeInViewport({ ratio: 1 });
	await expect(copy).toHaveText('Salin kode');
	await expect.poll(() => page.evaluate(() => getSelection()?.toString().replace(/\s/g, ''))).toBe(receipt);
});

test('a browser without popovers lists the menu of staff in the page', async ({ browser }) => {
	const page = await signedIn(browser, 'penyelia.sulbar', { viewport: { width: 360, height: 740 } });
	await page.goto('/desk');
	// Such a browser ignores the attribute and obeys these rules.
	await page.evaluate(() => {
		document.querySelector('#menu')?.removeAttribute('popover');
		const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ sheet, rule })));
		for (const { sheet, rule } of rules) {
			if (!(rule instanceof CSSSupportsRule) || !rule.conditionText.includes(':popover-open')) continue;
			for (const { cssText } of rule.cssRules) sheet.insertRule(cssText, sheet.cssRules.length);
		}
	});
	const menu = page.getByRole('navigation', { name: 'Menu utama' });
	await expect(menu.getByRole('button', { name: 'Tutup menu' })).toBeHidden();
	await expect(menu.locator('[aria-current=page]')).toBeVisible();
	await page.getByRole('heading', { level: 1 }).click({ trial: true });
});

test('the built style sheets have no queries that old browsers ignore', () => {
	const folder = 'build/client/_app/immutable/assets';
	const sheets = readdirSync(folder).filter((name) => name.endsWith('.css'));
	expect(sheets.length).toBeGreaterThan(10);
	for (const name of sheets) expect(readFileSync(`${folder}/${name}`, 'utf8'), name).not.toMatch(/@media[^{]*[<>]/);
});
