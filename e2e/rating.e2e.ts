import { expect, test, type Page } from './support/test.ts';
import { expectAccessible, expectFits, phoneWithoutScripts } from './support/pages.ts';

const DESK = 'MMJPTG';
const BOX = 'MMJKTK';

async function scan(page: Page, code: string): Promise<void> {
	await page.goto(`/q/${code}`);
	await expect(page).toHaveURL(/\/mamuju$/);
}

test('from scan to thank-you page in three taps with scripts off, with the desk’s officer preselected', async ({
	browser
}) => {
	const page = await phoneWithoutScripts(browser);
	await scan(page, DESK);
	await page.getByRole('link', { name: /Nilai petugas/ }).click();
	await expect(page.getByText('Anda dilayani oleh')).toBeVisible();
	await expect(page.locator('[name=officer]')).toHaveCount(1);
	await page.locator('[name=score][value="5"]').check({ force: true });
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page).toHaveURL(/terima-kasih/);
	await expect(page.getByText('Penilaian Anda tidak ditampilkan satu per satu')).toBeVisible();
});

test('a rating of 1 with scripts on offers the complaint form, prefilled with officer and service', async ({
	page
}) => {
	await scan(page, BOX);
	await expectAccessible(page);
	await page.getByRole('link', { name: /Nilai petugas/ }).click();
	await expectAccessible(page);
	await page.getByRole('radio', { name: 'Petugas Contoh 3' }).check({ force: true });
	const officer = await page.locator('[name=officer]:checked').inputValue();
	await page.locator('[name=score][value="1"]').check({ force: true });
	await page.getByText('Tambah keterangan').click();
	await page.locator('[name=comment]').fill('Lama sekali menunggu.');
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expectAccessible(page);
	// No address reveals what somebody thought of an officer, because a phone keeps its history.
	await expect(page).toHaveURL('/mamuju/nilai/terima-kasih');
	await page
		.locator('main')
		.getByRole('link', { name: /pengaduan/i })
		.first()
		.click();
	await expect(page).toHaveURL('/mamuju/pengaduan');
	await expect(page.locator('[name=officer]')).toHaveValue(officer);
});

test('a mistyped code of a sheet can be typed again', async ({ page }) => {
	await page.goto('/q/ZZZZZZ');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Kode ini tidak dikenal');
	await page.getByLabel('Kode di lembar QR').fill(DESK);
	await page.getByRole('button', { name: 'Buka' }).click();
	await expect(page).toHaveURL(/\/mamuju$/);
});

test('letters twice as large fit a phone, also with a long name', async ({ page }) => {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
	await scan(page, DESK);
	for (const path of ['/mamuju/nilai', '/mamuju/nilai?petugas=semua', '/mamuju/skm/hasil']) {
		await page.goto(path);
		expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
		const names = page.locator('.served strong, .options .name');
		for (const name of await names.all())
			await name.evaluate(
				(element) => (element.textContent = 'Hj. Sitti Nurwahyuningsih Mappasessu-Karaengpattunuang')
			);
		await expectFits(page, 360);
	}
});

test('a rating without a score is shown again with everything typed', async ({ page }) => {
	await page.goto('/mamuju/nilai');
	await page.getByText('Tambah keterangan').click();
	await page.locator('[name=comment]').fill('Petugasnya ramah.');
	// As a browser without validation would send it.
	await page.locator('form[method=POST]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === 'POST'),
		page.getByRole('button', { name: 'Kirim penilaian' }).click()
	]);
	expect(answer.status()).toBe(422);
	await expect(page.locator('[name=comment]')).toHaveValue('Petugasnya ramah.');
	await expectAccessible(page);
});

test('an unknown or withdrawn code says so kindly and offers the offices', async ({ page }) => {
	const answer = await page.goto('/q/ZZZZZZ');
	expect([404, 410]).toContain(answer?.status());
	await expect(page.getByRole('link', { name: /Mamuju/ }).first()).toBeVisible();
	await expectAccessible(page);
});
