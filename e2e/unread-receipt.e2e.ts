import { fillReport, readReceipt } from './support/pages.ts';
import { casesWith, openForm, ownWords } from './support/phone.ts';
import { expect, test } from './support/test.ts';

test('the form of a report whose receipt was not loaded never shows the receipt of another tab', async ({ page }) => {
	const body = ownWords();
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, body);
	await page.route('**/terima', (route) => route.abort());
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page).toHaveURL(/^chrome-error:/);
	await page.unroute('**/terima');
	// Another person at the same phone sends a report, too.
	const other = await page.context().newPage();
	await openForm(other, '/mamuju/saran');
	await fillReport(other, ownWords());
	await other.getByRole('button', { name: 'Kirim saran' }).click();
	const { receipt } = await readReceipt(other);
	await page.goBack();
	await page.locator('form[data-live]').waitFor();
	await expect(page.locator('[name=body]')).toHaveValue(body);
	// Sent again, it is the same report and leads to its own receipt.
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	expect((await readReceipt(page)).receipt).not.toBe(receipt);
	expect(await casesWith(body)).toHaveLength(1);
});
