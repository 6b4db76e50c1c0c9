import { openCase } from './support/cases.ts';
import { expectAccessible, fillReport, shownField } from './support/pages.ts';
import { bar, keptInBrowser, openForm, ownWords } from './support/phone.ts';
import { expect, test } from './support/test.ts';

test('a form says that the connection is lost before it is sent', async ({ page }) => {
	await openForm(page, '/mamuju/saran');
	await page.context().setOffline(true);
	await expect(bar(page)).toContainText('Sambungan terputus');
	await page.context().setOffline(false);
	await expect(bar(page)).not.toHaveAttribute('data-shown');
	// A form with steps says it in the step that is shown.
	await openForm(page, '/mamuju/pengaduan');
	await page.context().setOffline(true);
	await expect(bar(page)).toBeVisible();
});

for (const [path, field, button] of [
	['/lacak', 'receipt', 'Buka laporan'],
	['/q/ZZZZZZ', 'code', 'Buka']
] as const) {
	test(`a code typed at ${path} stays in its field without a connection, and is not stored`, async ({ page }) => {
		const { receipt } = await openCase();
		await page.goto(path);
		const typed = page.locator(`[name=${field}]`);
		const open = page.getByRole('button', { name: button });
		await typed.fill(receipt);
		await page.context().setOffline(true);
		await open.click();
		await expect(page.getByText('Belum terkirim. Coba lagi setelah tersambung.')).toBeInViewport();
		await expect(typed).toHaveValue(receipt);
		await expectAccessible(page);
		expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).toBe('[{},{}]');
		expect(await keptInBrowser(page)).not.toContain(receipt);
		await page.context().setOffline(false);
		await open.click();
		await expect(page).toHaveURL('/lacak/laporan');
	});
}

test('without a connection a page shows the contacts and what is not sent', async ({ browser }) => {
	const phone = await browser.newContext({ serviceWorkers: 'allow' });
	const page = await phone.newPage();
	const body = ownWords();
	await openForm(page, '/mamuju/pengaduan?lang=en');
	const kept = () =>
		page.evaluate(async () => (await caches.match('/mamuju/tanpa-koneksi', { ignoreSearch: true }))?.url);
	await expect.poll(kept).toMatch(/lang=en$/);
	await openForm(page, '/mamuju/pengaduan?lang=id');
	await expect.poll(kept).toMatch(/lang=id$/);
	await fillReport(page, body);
	await (await shownField(page, 'keep-on-phone')).check();
	await expect.poll(() => keptInBrowser(page)).toContain(body);
	// The office's page leads to the kept text, also in a new tab.
	const other = await phone.newPage();
	await other.goto('/mamuju');
	await expect(other.getByRole('link', { name: 'Lanjutkan yang belum terkirim: Pengaduan' })).toBeVisible();
	await expect(other.getByText('Lanjutkan yang belum terkirim: Saran')).toBeHidden();
	await expectAccessible(other);
	// The link opens the form filled in, at the step where the text was left.
	await page.evaluate(() => (location.hash = '#bagian-3'));
	await expect.poll(() => keptInBrowser(page)).toContain('#bagian-3');
	await other.reload();
	await other.getByRole('link', { name: 'Lanjutkan yang belum terkirim: Pengaduan' }).click();
	await expect(other.getByRole('heading', { name: 'Langkah 3 dari 4' })).toBeVisible();
	await expect(bar(other)).toContainText('kecuali foto, PDF, dan nama yang dirahasiakan');
	await expect(bar(other)).toBeInViewport({ ratio: 1 });
	await expect(other.locator('[name=body]')).toHaveValue(body);
	await expect(other.locator('#keep-on-phone')).toBeChecked();
	await page.context().setOffline(true);
	// The offline page of one office is not shown for another whose address begins with the same letters.
	await expect(other.goto('/mamuju-tengah')).rejects.toThrow();
	await other.close();
	await page.goto('/mamuju/saran');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Situs ini belum dapat dihubungi');
	await expect(page.getByRole('link', { name: /Telepon/ })).toBeVisible();
	await expect(page.getByText('Senin–')).toBeVisible();
	await expect(page.getByText('Ada tulisan yang belum terkirim di ponsel ini.')).toBeVisible();
	await expect(page.getByText('Isian Anda di tab ini tidak hilang.')).toBeVisible();
	await expectAccessible(page);
	// Besides the program's files the caches contain only this page, and nothing that the person typed.
	const stored = await page.evaluate(async () => {
		const names = await caches.keys();
		const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
		return requests.flat().map(({ url }) => url.slice(location.origin.length));
	});
	const pages = stored.filter((path) => !/^\/(?:_app\/immutable|berkas\/logo)\//.test(path));
	expect(pages).toEqual(['/mamuju/tanpa-koneksi?lang=id']);
	await page.getByRole('button', { name: 'Hapus tulisan: Pengaduan' }).click();
	await expect(page.getByText('Ada tulisan yang belum terkirim di ponsel ini.')).toBeHidden();
	await expect(page.getByText('Isian Anda di tab ini tidak hilang.')).toBeHidden();
	expect(await keptInBrowser(page)).not.toContain(body);
	await expect(page.getByRole('link', { name: 'Coba lagi' })).toHaveAttribute('href', /\/mamuju\/saran$/);
	await page.context().setOffline(false);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Beri saran');
});
