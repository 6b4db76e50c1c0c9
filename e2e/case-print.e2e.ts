import { act, openCase } from './support/cases.ts';
import { expectAccessible, openAtDesk, signedIn, openAndCheck, WIDE } from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test, type Page } from './support/test.ts';

const BODY = 'Pegangan tangga menuju lantai dua goyah dan hampir lepas.';
const QUESTION = 'Di sisi kiri atau kanan pegangan itu goyah?';
const NOTE = 'Tukang sudah dihubungi dan datang besok pagi.';

async function expectOnlyPaper(page: Page): Promise<void> {
	await expect(page.locator('nav:visible, form:visible, button:visible, .button:visible')).toHaveCount(0);
	await expect(page.locator('main').getByText(BODY).last()).toBeVisible();
}

test('the case page is printed in full, without controls of the screen', async ({ browser }) => {
	const { reference } = await openCase({ body: BODY });
	await act(reference, 'verification', { category: 'facilities', class: 'plain' });
	await act(reference, 'messages', { body: QUESTION, public: true });
	await act(reference, 'messages', { body: NOTE, public: false });
	const page = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(page, `/desk/cases/${reference}`);
	await page.setViewportSize(WIDE);
	await expectAccessible(page);
	await expect(page.getByRole('navigation', { name: 'Tindakan' })).toBeVisible();

	await page.emulateMedia({ media: 'print' });
	await expectOnlyPaper(page);
	const main = page.locator('main');
	await expect(main.getByRole('heading', { level: 1 })).toBeVisible();
	for (const part of ['Percakapan', 'Batas waktu', 'Data laporan', 'Pelapor', 'Riwayat'])
		await expect(main.getByRole('heading', { name: part, exact: true })).toBeVisible();
	for (const said of [QUESTION, NOTE]) await expect(main.getByText(said)).toBeVisible();
	await expect(main.getByText(reference).first()).toBeVisible();
	await expect(main.locator('#history').getByText('Laporan diverifikasi')).toBeVisible();
	// Sections that are collapsed on the screen are printed, because they can't be opened on paper.
	const collapsed = page.locator('#clocks details:not([open]) li');
	await expect(collapsed.filter({ hasText: 'Pemeriksaan awal' })).toBeVisible();
	await expect(page.locator('#similar, #related')).toBeHidden();

	const { pages, text } = await readPdf(await page.pdf({ format: 'A4', preferCSSPageSize: true }));
	expect(pages).toBeLessThanOrEqual(4);
	// Without spaces, because a PDF does not contain the width of gaps.
	const withoutSpaces = (words: string) => words.replace(/\s/g, '');
	for (const part of [BODY, QUESTION, NOTE, reference, 'Pemeriksaan awal', 'Riwayat', `1/${pages}`])
		expect(withoutSpaces(text)).toContain(withoutSpaces(part));
	for (const part of ['Tulis pesan', 'Tombol pintas', 'Keluar', 'Kotak masuk'])
		expect(withoutSpaces(text)).not.toContain(withoutSpaces(part));

	// The form of an open verb is not printed either.
	await openAtDesk(page, reference, 'answer');
	await expectOnlyPaper(page);
	await page.emulateMedia({ media: null });
	await expect(page.locator('#verb-title')).toBeVisible();
});
