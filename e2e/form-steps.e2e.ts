import { press, tabTo } from './support/keys.ts';
import {
	expectAccessible,
	fillReport,
	phoneWithoutScripts,
	readReceipt,
	showLastStep,
	shownField
} from './support/pages.ts';
import { openForm } from './support/phone.ts';
import { CORE, expect, test, type Locator } from './support/test.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam pada pagi hari.';

test('a complaint is filed by keyboard, and comes back at its first mistake', { tag: CORE }, async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	const step = (n: number) => page.getByRole('heading', { name: `Langkah ${n} dari 4` });
	const next = page.getByRole('link', { name: 'Lanjut' });
	await tabTo(page, page.locator('[name=body]'));
	await page.keyboard.type('Terlalu pendek');
	await press(page, next);
	await expect(page.locator('[name=body]')).toBeFocused();
	await expect(page.locator('#body-error')).toHaveText(/paling sedikit 20 huruf/);
	await expect(step(2)).toBeHidden();
	await page.keyboard.press('ControlOrMeta+A');
	await page.keyboard.type(BODY);
	await expect(page.locator('#body-error')).toHaveCount(0);
	for (const n of [2, 3]) {
		await tabTo(page, next);
		await page.keyboard.press(n === 2 ? 'Enter' : 'Space');
		await expect(step(n)).toBeFocused();
	}
	await expect(page).toHaveTitle(/^Langkah 3 dari 4: Nama Anda · Sampaikan pengaduan/);
	await page.getByRole('link', { name: 'Langsung ke isi' }).press('Enter');
	await expect(step(3)).toBeFocused();
	await press(page, next);
	await expect(page.locator('[name=identity]').first()).toBeFocused();
	await expect(page.locator('#identity-error')).toHaveText(/^Pilih “Dengan nama saya”/);
	// The address leads past a step.
	await showLastStep(page);
	await expect(page.locator('.check .error')).toHaveText(/^Pilih “Dengan nama saya”/);
	await press(page, page.getByRole('button', { name: 'Kirim pengaduan' }));
	await expect(page.locator('[name=identity]').first()).toBeFocused();
	await expect(step(4)).toBeHidden();
	await page.keyboard.press('ArrowUp');
	await expect(page.locator('#identity-none-more')).toBeVisible();
	await expect(page.locator('#identity-error')).toHaveCount(0);
	await press(page, next);
	await expect(step(4)).toBeFocused();
	await expect(page.locator('.check')).toContainText(BODY);
	await expect(page.locator('.check')).toContainText('Tanpa nama');
	// Back leads to the step before.
	await page.goBack();
	await expect(step(3)).toBeVisible();
	await page.goForward();
	// A correction leads straight back to the check.
	await press(page, page.getByRole('link', { name: 'Ubah Cerita Anda' }));
	await expect(step(1)).toBeFocused();
	await press(page, next);
	await expect(step(4)).toBeFocused();
	await press(page, page.getByRole('button', { name: 'Kirim pengaduan' }));
	await readReceipt(page);
	// The form is empty again, and begins with its first step.
	await page.goBack();
	await expect(step(1)).toBeVisible();
	await expect(page.locator('[name=body]')).toHaveValue('');
	await expect(page.locator('.error:visible')).toHaveCount(0);
});

test('the step of a text that is too long says how many characters to remove', async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	const body = page.locator('[name=body]');
	const error = page.locator('#body-error');
	await body.fill('x'.repeat(5025));
	await page.getByRole('link', { name: 'Lanjut' }).click();
	await expect(body).toBeFocused();
	await expect(error).toContainText('Kurangi 1.025 huruf');
	await body.fill('x'.repeat(4001));
	await expect(error).toContainText('Kurangi 1 huruf');
	await body.fill(BODY);
	await expect(error).toHaveCount(0);
});

test('the step of the name is left only with a name, and with no contact that the site refuses', async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, BODY, 'withheld');
	// The address leads past the step.
	await expect(page.locator('.check .error')).toHaveText(/^Tulis nama Anda/);
	await expectAccessible(page);
	const field = (name: string) => page.locator(`[name="reporter.${name}"]`);
	const error = (name: string) => page.locator(`[id="reporter.${name}-error"]`);
	const next = page.getByRole('link', { name: 'Lanjut', exact: true });
	const check = page.getByRole('heading', { name: 'Langkah 4 dari 4' });
	await shownField(page, 'reporter.name');
	const steps = [
		[{}, 'name', /^Tulis nama Anda/],
		[{ name: 'Siti Contoh', phone: '0812 345' }, 'phone', /^Nomor telepon terdiri dari 8 sampai 15 angka/],
		[{ phone: '', email: 'budi.mamuju@gmail' }, 'email', /^Alamat e-mail ini tidak lengkap/]
	] as const;
	// All mistakes of a step show at once.
	await field('email').fill('budi');
	await next.click();
	await expect(error('name')).toHaveText(/^Tulis nama Anda/);
	await expect(error('email')).toHaveText(/^Alamat e-mail ini tidak lengkap/);
	await field('email').fill('');
	for (const [typed, faulty, says] of steps) {
		for (const [name, value] of Object.entries(typed)) await field(name).fill(value);
		await next.click();
		await expect(field(faulty)).toBeFocused();
		await expect(error(faulty)).toHaveText(says);
		await expect(check).toBeHidden();
	}
	await expectAccessible(page);
	// After "Tanpa nama" the faulty address is hidden. The next step opens, and the address is neither listed nor sent.
	await page.locator('[name=identity][value=none]').check({ force: true });
	await next.click();
	await expect(check).toBeFocused();
	await expect(page.locator('.check')).not.toContainText('Siti Contoh');
	await expect(field('name')).toBeDisabled();
	await page.goBack();
	// Name and contact are directly below the chosen option.
	const topOf = async (part: Locator) => (await part.boundingBox())?.y ?? 0;
	const option = (value: string) => page.locator(`[name=identity][value=${value}]`);
	for (const [chosen, next] of [
		['named', 'withheld'],
		['withheld', 'none']
	] as const) {
		await option(chosen).check({ force: true });
		const tops = [await topOf(option(chosen)), await topOf(field('name')), await topOf(option(next))];
		expect(tops).toEqual(tops.toSorted((a, b) => a - b));
	}
	await expect(field('name')).toHaveValue('Siti Contoh');
	await field('email').fill(' budi.mamuju@gmail.com');
	await expect(page.locator('.known .error')).toHaveCount(0);
	// A name without a contact is enough.
	await field('email').fill('');
	await next.click();
	await expect(check).toBeFocused();
	await expect(page.locator('.check .error')).toHaveCount(0);
	await expect(page.locator('.check')).not.toContainText('Cerita Anda memuat nama');
	// The story contains the withheld name.
	await page.locator('[name=body]').evaluate((field: HTMLTextAreaElement) => (field.value += ' Saya Siti Contoh.'));
	await page.goBack();
	await next.click();
	await expect(page.locator('.check')).toContainText('Cerita Anda memuat nama');
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await readReceipt(page);
});

test('a kept choice that the office does not offer is left open, and the page says so', async ({ page }) => {
	const WITHDRAWN = /^Pilihan semula tidak tersedia lagi/;
	await openForm(page, '/mamuju/pengaduan');
	const hint = page.getByText('Mengadukan petugas?');
	await expect(hint).toBeVisible();
	await fillReport(page, BODY);
	const officer = page.locator('select[name=officer]');
	await (await shownField(page, 'officer')).selectOption({ index: 1 });
	await expect(hint).toBeHidden();
	await page.goto('/majene/pengaduan');
	await expect(page.locator('[name=body]')).toHaveValue(BODY);
	await expect(page.locator('#officer-error')).toHaveText(WITHDRAWN);
	await expect(officer).toHaveValue('');
	await expectAccessible(page);
	await (await shownField(page, 'officer')).selectOption({ index: 1 });
	await expect(page.locator('#officer-error')).toHaveCount(0);

	await openForm(page, '/mamuju/nilai?petugas=semua');
	await page.locator('[name=officer]').first().check({ force: true });
	await page.goto('/majene/nilai?petugas=semua');
	await expect(page.locator('#officer-error')).toHaveText(WITHDRAWN);
	await expect(page.locator('[name=officer]:checked')).toHaveCount(0);
	await page.locator('[name=officer]').first().check({ force: true });
	await expect(page.locator('#officer-error')).toHaveCount(0);
});

test('a form that comes back after the language was changed in another tab is wholly in that language', async ({
	page
}) => {
	await openForm(page, '/mamuju/nilai');
	const other = await page.context().newPage();
	await other.goto('/mamuju?lang=en');
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await expect(page.getByRole('button', { name: 'Send rating' })).toBeVisible();
	await expect(page.locator('header').getByRole('link', { name: 'Bahasa Indonesia' })).toBeVisible();
	await expect(page.locator('footer')).toContainText('Privacy');
	await expectAccessible(page);
});

test('without scripts the ways to report a bribe appear, and another language keeps the text', async ({ browser }) => {
	const page = await phoneWithoutScripts(browser);
	await page.goto('/mamuju/pengaduan');
	const ways = page.locator('aside', { hasText: 'Lewat halaman ini' });
	await expect(ways).toBeHidden();
	const readers = page.locator('.readers');
	await expect(readers).toBeHidden();
	await page.locator('[name=category]').selectOption('integrity');
	await expect(readers).toBeVisible();
	await expect(ways.getByRole('listitem')).toHaveCount(2);
	await expect(ways.getByRole('link', { name: 'Lewat wbs.bps.go.id' })).toBeVisible();
	await page.locator('[name=body]').fill('Tulisan tanpa skrip.');
	await expect(page.getByRole('link', { name: 'English' })).toBeHidden();
	// The button for the Enter key is never seen, on a wide screen either.
	await page.setViewportSize({ width: 1440, height: 900 });
	expect((await page.locator('header button').first().boundingBox())?.width).toBe(1);
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByRole('button', { name: 'Send complaint' })).toBeVisible();
	await expect(page.locator('[name=body]')).toHaveValue('Tulisan tanpa skrip.');
	await expect(page.locator('[name=category]')).toHaveValue('integrity');
	await expect(page.getByRole('alert')).toHaveCount(0);
	// The Enter key still sends the form, which is refused without a name.
	await page.locator('[name=identity][value=named]').check({ force: true });
	await page.locator('[name="reporter.name"]').press('Enter');
	await expect(page.getByRole('alert')).toBeVisible();
});
