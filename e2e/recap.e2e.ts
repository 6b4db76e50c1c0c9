import { act, openCase } from './support/cases.ts';
import { running } from './support/journey.ts';
import { expectAccessible, expectFits, openAtDesk, signedIn, openAndCheck, WIDE } from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { today } from './support/site.ts';
import { expect, test, type Page } from './support/test.ts';

const OFFICE = 'pasangkayu';

/** The oldest month that can be chosen, in which the demo has no reports. */
async function quietMonth(page: Page): Promise<string> {
	await page.goto(`/insight/recap?unit=${OFFICE}`);
	const options = page.locator('select[name=period] option');
	const months = await options.evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
	// A second try takes the month after it, because the first may have filed this one.
	return months.at(-1 - test.info().retry) ?? '';
}

const section = (page: Page, title: string) =>
	page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const singleSpaced = (text: string) => text.replace(/\s+/g, ' ');

async function pdfOf(page: Page): Promise<string> {
	const href = await page.getByRole('link', { name: 'Unduh PDF' }).getAttribute('href');
	const response = await page.request.get(href ?? '');
	expect(response.headers()['content-type']).toBe('application/pdf');
	return singleSpaced((await readPdf(await response.body())).text);
}

test('a month without reports is filed, corrected, and seen by the province', async ({ browser }) => {
	const head = await signedIn(browser, `penyelia.${OFFICE}`);
	// Supervisors who manage nothing find the reports at the desk.
	await head.goto('/desk/register');
	await expect(head.getByRole('main').locator('a[href="/insight/recap"]')).toHaveCount(1);
	const month = await quietMonth(head);
	const address = `/insight/recap/${OFFICE}/${month}`;
	await openAndCheck(head, address);
	await expect(head.getByText('Rancangan: belum disampaikan')).toBeVisible();
	await expect(section(head, '1. Arus laporan menurut jenis dan kanal')).toContainText('NIHIL');

	await head.getByRole('button', { name: /^Sampaikan rekap/ }).click();
	await expect(head.getByRole('status')).toContainText('Rekap sudah disampaikan.');
	await expect(head.getByText(/^\d+\/REKAP\/\d{4}\/\d{4}$/)).toBeVisible();
	const number = await head.getByText(/^\d+\/REKAP\/\d{4}\/\d{4}$/).textContent();
	await expect(head.getByRole('button', { name: /^Sampaikan rekap/ })).toHaveCount(0);
	const first = await pdfOf(head);
	expect(first).toContain(number ?? '?');
	expect(first.split('NIHIL').length - 1).toBeGreaterThanOrEqual(5);

	const province = await signedIn(browser, 'penyelia.sulbar');
	await openAndCheck(province, `/insight/recap?unit=sulbar&period=${month}`);
	const row = (name: RegExp) => province.getByRole('row', { name });
	await expect(row(/Pasangkayu/)).toContainText('Sudah disampaikan');
	await expect(row(/Pasangkayu/)).toContainText(number ?? '?');
	await expect(row(/Mamasa/)).toContainText('Belum disampaikan, lewat batas');

	// A cause that was found later is added in a correction, which shows what is new.
	await head.getByText('Tambah akar masalah dan tindak lanjut').click();
	await head.getByLabel('Akar masalah', { exact: true }).fill('Kotak saran jarang dibuka.');
	await head.getByLabel('Tindak lanjut', { exact: true }).fill('Kotak dibuka setiap Senin.');
	await head.getByLabel('Pelaksana').fill('Petugas Contoh');
	await head.getByLabel('Target').fill('2099-01-31');
	await head.getByRole('button', { name: 'Simpan' }).first().click();
	await expect(head.getByRole('status')).toContainText('Tindak lanjut disimpan.');
	await expect(head.getByRole('link', { name: 'Keadaan sekarang' })).toHaveAttribute('aria-current', 'true');
	const difference = section(head, 'Perbedaan dengan Versi 1');
	await expect(difference).toContainText('Kotak dibuka setiap Senin.');
	await expectAccessible(head);
	await head.getByRole('button', { name: 'Sampaikan pembetulan' }).click();
	await expect(head.getByText('Tulis alasannya.').first()).toBeVisible();
	await head.getByLabel('Alasan pembetulan').fill('Akar masalah baru diketahui.');
	await head.getByRole('button', { name: 'Sampaikan pembetulan' }).click();
	await expect(head.getByRole('status')).toContainText('Rekap sudah disampaikan.');
	await expect(head.getByText('Akar masalah baru diketahui.')).toBeVisible();
	expect(await pdfOf(head)).toContain('Kotak dibuka setiap Senin.');
	await head.getByRole('link', { name: 'Versi 1' }).click();
	await expect(section(head, '9. Akar masalah dan tindak lanjut')).toContainText('NIHIL');
	await province.reload();
	await expect(row(/Pasangkayu/)).toContainText('pembetulan ke-1');
	await expect(row(/Pasangkayu/)).toContainText('Pembetulan terakhir');
});

test('this month can be viewed, not filed, and shows the same figures on paper and screen', async ({ browser }) => {
	// On the first day of a month the demo has no figures of the month.
	const { reference } = await openCase();
	await act(reference, 'verification', { category: 'time', class: 'plain' });
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.setViewportSize(WIDE);
	const month = today().slice(0, 7);
	await openAndCheck(page, `/insight/recap/mamuju/${month}`);
	await expect(page.getByText('Masa ini masih berjalan')).toBeVisible();
	await expect(page.getByRole('button', { name: /^Sampaikan rekap/ })).toHaveCount(0);
	const paper = await pdfOf(page);
	for (const title of ['1. Arus laporan menurut jenis dan kanal', '3. Batas waktu']) {
		const rows = await section(page, title).locator('tbody tr').all();
		expect(rows.length, title).toBeGreaterThan(0);
		for (const row of rows) {
			const cells = await row.locator('.value').allTextContents();
			expect(paper).toContain(singleSpaced(cells.join(' ')).trim());
		}
	}
	// A manager may not read cases, so late cases are only a number.
	await expect(page.locator('main')).not.toContainText(/SPATULA-\d/);
	expect(paper).not.toMatch(/SPATULA-\d/);
	await expectFits(page);
});

test('the register and a case file are downloaded from the desk', async ({ browser }) => {
	const { reports } = running();
	const page = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(page, '/desk/register');
	const link = page.locator('main a[href*="unit=mamuju&"]').first();
	const book = await page.request.get((await link.getAttribute('href')) ?? '');
	expect(book.headers()['content-disposition']).toContain('register-');
	const report = reports.find(({ reference }) => reference.includes('-7604-'));
	await openAtDesk(page, report?.reference ?? '');
	const href = await page.locator('main nav a[download]').getAttribute('href');
	const file = await page.request.get(href ?? '');
	expect(file.status()).toBe(200);
	const { text } = await readPdf(await file.body());
	expect(text).toContain(report?.reference);
});
