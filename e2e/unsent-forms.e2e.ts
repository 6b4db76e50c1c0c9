import { countOf } from './support/kiosk.ts';
import { openCase, timelineOf } from './support/cases.ts';
import { expectAccessible, fillReport, readReceipt, shownField, track } from './support/pages.ts';
import { bar, casesWith, keptInBrowser, openForm, ownWords, UNSENT } from './support/phone.ts';
import { photoFile } from './support/photo.ts';
import { CORE, expect, test, type Page, type Route } from './support/test.ts';

const OFFICER = 'Petugas Contoh 3';
const DAY_IN_WORDS = '#incident_on + output';

async function fillRating(page: Page, score: number): Promise<void> {
	await page.getByRole('radio', { name: OFFICER }).check({ force: true });
	await page.locator(`[name=score][value="${score}"]`).check({ force: true });
}

test('a rating without a connection waits on its page and is counted once', { tag: CORE }, async ({ page }) => {
	const before = await countOf(OFFICER);
	await openForm(page, '/mamuju/nilai?petugas=semua');
	await fillRating(page, 4);
	await page.context().setOffline(true);
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(bar(page)).toContainText(UNSENT);
	await expect(page.locator('[name=score][value="4"]')).toBeChecked();
	await expectAccessible(page);
	await page.context().setOffline(false);
	await expect(page).toHaveURL('/mamuju/nilai/terima-kasih');
	await expect.poll(() => countOf(OFFICER)).toBe(before + 1);
	expect(await keptInBrowser(page)).not.toContain('score');
});

test(
	'a complaint with three photos without a connection makes one case with all of them',
	{ tag: CORE },
	async ({ page }) => {
		const body = ownWords();
		await openForm(page, '/mamuju/pengaduan');
		await fillReport(page, body);
		await page.setInputFiles('[name=file]', await Promise.all(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map(photoFile)));
		await page.getByRole('button', { name: 'Hapus b.jpg' }).click();
		await page.context().setOffline(true);
		await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await expect(bar(page)).toContainText(/Belum pasti .* Biarkan halaman ini terbuka.* kode rahasianya lalu/);
		// The button below the words waits too.
		const waits = page.getByRole('button', { name: 'Menunggu sambungan …' });
		await expect(bar(page)).toBeInViewport({ ratio: 1 });
		await expect(waits).toBeInViewport({ ratio: 1 });
		expect((await bar(page).boundingBox())?.y).toBeLessThan((await waits.boundingBox())?.y ?? 0);
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Simpan sementara' }).click();
		await expect(page.locator('#keep-on-phone')).toBeInViewport();
		await expect(bar(page)).toBeVisible();
		await page.goBack();
		await expect(page.locator('.chosen li')).toHaveCount(3);
		await page.context().setOffline(false);
		const { receipt } = await readReceipt(page);
		const found = await casesWith(body);
		expect(found.map(({ attachments }) => attachments.length)).toEqual([3]);
		expect(await keptInBrowser(page)).not.toContain(body);
		// A reply of the same person, whose answer from the site is lost.
		const words = ownWords();
		await track(page, receipt);
		await openForm(page, '/lacak/laporan/pesan');
		await page.locator('[name=body]').fill(words);
		let lost = 0;
		await page.route('**/lacak/laporan/pesan', async (route) => {
			if (route.request().method() !== 'POST' || lost > 0) return route.continue();
			lost += 1;
			await route.fetch({ maxRedirects: 0 });
			return route.abort('connectionreset');
		});
		await page.getByRole('button', { name: 'Kirim' }).last().click();
		await expect(bar(page)).toContainText(UNSENT);
		await expect(page).toHaveURL(/\/lacak\/laporan\?terkirim$/);
		expect(lost).toBe(1);
		const said = (await timelineOf(found[0]?.reference ?? '')).filter(({ data }) => data.message !== undefined);
		expect(said).toHaveLength(1);
		await expect(page.getByText(words)).toHaveCount(1);
	}
);

test('another language, another office and a return to the form keep what was typed', async ({ page }) => {
	const body = ownWords();
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, body, 'named', { 'reporter.name': 'Siti Contoh', category: 'facilities' });
	const isFilledIn = async () => {
		await expect(page.locator('[name=body]')).toHaveValue(body);
		await expect(page.locator('[name="reporter.name"]')).toHaveValue('Siti Contoh');
		await expect(page.locator('[name=category]')).toHaveValue('facilities');
	};
	await page.getByRole('link', { name: 'English' }).click();
	await expect(bar(page)).toContainText('What you entered earlier has been filled in again.');
	await expect(page.getByRole('heading', { name: 'Step 4 of 4' })).toBeVisible();
	await isFilledIn();
	await page.getByRole('link', { name: 'Bahasa Indonesia' }).click();
	await page.goto('/mamuju');
	await page.getByRole('link', { name: 'Lanjutkan yang belum terkirim: Pengaduan' }).click();
	await isFilledIn();
	await page.goto('/majene/pengaduan');
	await isFilledIn();
	await page.reload();
	await isFilledIn();
	await expectAccessible(page);
	// A second person finds nothing in another tab, nor in this one after a fresh start.
	const other = await page.context().newPage();
	await openForm(other, '/mamuju/pengaduan');
	await expect(other.locator('[name=body]')).toHaveValue('');
	await expect(bar(other)).not.toHaveAttribute('data-shown');
	const question = (name: string) => bar(page).getByRole('button', { name });
	await question('Hapus').click();
	await expect(bar(page)).toContainText('Hapus semua isian?');
	await expectAccessible(page);
	await question('Batal').click();
	await expect(question('Hapus')).toBeFocused();
	await isFilledIn();
	// The question covers no button of the page, and ends when the person goes on.
	const next = page.getByRole('link', { name: 'Lanjut', exact: true });
	expect((await bar(page).boundingBox())?.y).toBeLessThan((await page.locator('#bagian-1').boundingBox())?.y ?? 0);
	await next.click();
	await expect(bar(page)).not.toHaveAttribute('data-shown');
	await page.reload();
	await expect(bar(page)).toBeInViewport({ ratio: 1 });
	await isFilledIn();
	await question('Hapus').click();
	await question('Ya, hapus').click();
	await expect(page.locator('[name=body]')).toHaveValue('');
	expect(await keptInBrowser(page)).not.toContain('Siti');
});

test('text is saved on the phone only on request, and until it is sent', async ({ browser }) => {
	const context = await browser.newContext();
	const body = ownWords();
	let page = await context.newPage();
	const reopen = async () => {
		await page.close();
		page = await context.newPage();
		await openForm(page, '/mamuju/pengaduan');
	};
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, body, 'withheld', { 'reporter.name': 'Siti Contoh' });
	await reopen();
	await expect(page.locator('[name=body]')).toHaveValue('');
	expect(await keptInBrowser(page)).not.toContain(body);

	// Ticked before anything is typed, the box stores nothing.
	await (await shownField(page, 'keep-on-phone')).check();
	await openForm(page, '/mamuju/pengaduan');
	expect(await keptInBrowser(page)).not.toContain('submission_id');

	await fillReport(page, body, 'withheld', { 'reporter.name': 'Siti Contoh', incident_on: '2026-01-05' });
	await (await shownField(page, 'keep-on-phone')).check();
	await expect.poll(() => keptInBrowser(page)).toContain(body);
	await reopen();
	expect(await keptInBrowser(page)).not.toContain('Siti');
	await expect(bar(page)).toContainText('Ada tulisan yang belum terkirim di ponsel ini.');
	await expect(page.locator('[name=body]')).toHaveValue('');
	await expectAccessible(page);
	await bar(page).getByRole('button', { name: 'Lanjutkan' }).click();
	await expect(bar(page)).toContainText('kecuali foto, PDF');
	await expect(page.locator('[name=body]')).toHaveValue(body);
	await expect(page.locator(DAY_IN_WORDS)).toHaveText('Senin, 5 Januari 2026');
	await expect(page.locator('#keep-on-phone')).toBeChecked();
	await fillReport(page, body);
	// The report is stored, but its receipt can't be loaded. Its form then leads to the receipt, and is not sent again.
	await page.setInputFiles('[name=file]', await photoFile('a.jpg'));
	await page.route('**/terima', (route) => route.abort());
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page).toHaveURL(/^chrome-error:/);
	await page.unroute('**/terima');
	await page.goBack();
	await readReceipt(page);
	await expect.poll(() => keptInBrowser(page)).not.toContain(body);
	expect(await casesWith(body)).toHaveLength(1);

	// A fresh start leaves nothing for the next person.
	await reopen();
	await fillReport(page, body);
	await (await shownField(page, 'keep-on-phone')).check();
	await expect.poll(() => keptInBrowser(page)).toContain(body);
	await reopen();
	// Another person types something else. The kept text stays within reach, and neither replaces the other unasked.
	await page.locator('[name=body]').fill('Tulisan orang lain.');
	const question = (name: string) => bar(page).getByRole('button', { name, exact: true });
	for (const load of [() => undefined, () => page.reload()]) {
		await load();
		await expect(page.getByText('Tulisan lain masih tersimpan')).toBeVisible();
		await expect(page.locator('#keep-on-phone')).toBeDisabled();
		await question('Lanjutkan').click();
		await expect(bar(page)).toContainText('Hapus isian di halaman ini');
		await question('Batal').click();
		await expect(question('Lanjutkan')).toBeFocused();
		await expect(page.locator('[name=body]')).toHaveValue('Tulisan orang lain.');
	}
	await question('Lanjutkan').click();
	await expectAccessible(page);
	await question('Ya, hapus').click();
	await expect(page.locator('[name=body]')).toHaveValue(body);
	await expect(page.locator('#keep-on-phone')).toBeChecked();
	await reopen();
	await bar(page).getByRole('button', { name: 'Hapus' }).click();
	await expect(bar(page)).toContainText('Hapus tulisan yang tersimpan di ponsel ini?');
	await bar(page).getByRole('button', { name: 'Ya, hapus' }).click();
	await expect(page.locator('form[data-keep] :focus')).toHaveCount(1);
	await expect.poll(() => keptInBrowser(page)).not.toContain(body);
	await reopen();
	await expect(bar(page)).not.toHaveAttribute('data-shown');
	await expect(page.locator('[name=body]')).toHaveValue('');
});

test('a form that was sent empty and came back is not kept', async ({ page }) => {
	await openForm(page, '/mamuju/nilai');
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page.locator('#errors')).toBeVisible();
	expect(await keptInBrowser(page)).not.toContain('submission_id');
	await openForm(page, '/mamuju/nilai');
	await expect(bar(page)).not.toHaveAttribute('data-shown');
});

test('a person who looks at the code again keeps the next report that is half written', async ({ page }) => {
	await openForm(page, '/mamuju/pengaduan');
	await fillReport(page, ownWords(), 'none', { incident_on: '2026-01-05' });
	await expect(page.locator(DAY_IN_WORDS)).toHaveText('Senin, 5 Januari 2026');
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	const { receipt } = await readReceipt(page);
	await page.goBack();
	await page.locator('form[data-live]').waitFor();
	await expect(page.locator('[name=body]')).toHaveValue('');
	await expect(page.locator(DAY_IN_WORDS)).toHaveText('');
	const next = ownWords();
	await fillReport(page, next);
	await page.goForward();
	expect((await readReceipt(page)).receipt).toBe(receipt);
	await page.goBack();
	await page.locator('form[data-live]').waitFor();
	await expect(page.locator('[name=body]')).toHaveValue(next);

	// Another report takes the place of the code on this device, and its form says so.
	await page.goto('/mamuju/saran');
	await expect(page.getByText('kode laporan sebelumnya tidak dapat dilihat lagi di perangkat ini')).toBeVisible();
	await expectAccessible(page);
	// Removing the code asks first, and what was typed stays.
	const suggestion = ownWords();
	await page.locator('form[data-live]').waitFor();
	await page.locator('[name=body]').fill(suggestion);
	await page.getByText('Hapus kode dari perangkat ini', { exact: true }).click();
	await page.getByRole('button', { name: 'Ya, hapus kode' }).click();
	await expect(page.getByText('Kode sudah dihapus dari perangkat ini.')).toBeVisible();
	await expect(page.locator('[name=body]')).toHaveValue(suggestion);
	await page.goto('/terima');
	await expect(page.getByRole('heading', { name: 'Tidak ada kode untuk ditampilkan' })).toBeVisible();
});

test(
	'whatever the site or a proxy answers, the text stays and its reason is shown',
	{ tag: CORE },
	async ({ page }) => {
		const { receipt } = await openCase();
		await track(page, receipt);
		await openForm(page, '/lacak/laporan/pesan');
		const words = ownWords();
		await page.locator('[name=body]').fill(words);
		const send = page.locator('form[data-keep] button[type=submit]');
		const answers = [
			{
				status: 500,
				body: '<main><h1>Ada gangguan di situs ini</h1><p>Coba lagi nanti.</p></main>',
				says: 'Ada gangguan'
			},
			{ status: 429, body: '<main><h1>Terlalu banyak percobaan</h1></main>', says: 'Terlalu banyak percobaan' },
			{ status: 413, body: '<h1>413 Request Entity Too Large</h1>', says: 'Seluruh berkas terlalu besar' },
			{ status: 502, body: '<h1>Bad Gateway</h1>', says: UNSENT },
			{ status: 200, body: '<h1>Masuk ke Wi-Fi bandara</h1>', says: UNSENT }
		];
		for (const { status, body, says } of answers) {
			const answer = (route: Route) =>
				route.request().method() === 'POST'
					? route.fulfill({ status, contentType: 'text/html; charset=utf-8', body: `<!doctype html>${body}` })
					: route.continue();
			await page.route('**/lacak/laporan/pesan', answer);
			await send.click();
			await expect(bar(page)).toContainText(says);
			await expect(page.locator('[name=body]')).toHaveValue(words);
			await page.unroute('**/lacak/laporan/pesan', answer);
		}
		// The site's own answer to too much text.
		await page.locator('[name=body]').fill('x'.repeat(300_000));
		await send.click();
		await expect(bar(page)).toContainText(/terlalu (besar|panjang)/i);
		await page.locator('[name=body]').fill(words);
		// The time to view the report has ended: the text waits for the code.
		await page.context().clearCookies();
		await send.click();
		await expect(page).toHaveURL(/\/lacak\?habis/);
		await track(page, receipt);
		await openForm(page, '/lacak/laporan/pesan');
		await expect(page.locator('[name=body]')).toHaveValue(words);
		await page.goto('/lacak/keluar');
		await page.getByRole('button').last().click();
		await expect.poll(() => keptInBrowser(page)).not.toContain(words);
	}
);
