import { readFile } from 'node:fs/promises';
import { running } from './support/journey.ts';
import { downloaded, expectAccessible, expectFits, signedIn, WIDE } from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { api, today } from './support/site.ts';
import { expect, test, type Page } from './support/test.ts';

/** Reads a figure by its label. */
async function figure(page: Page, term: string): Promise<number> {
	const value = page.locator('dl > div').filter({ hasText: term }).locator('dd').first();
	return Number(((await value.textContent()) ?? '').replace(/\D/g, ''));
}

/** Opens each link and compares the number of listed items with the number in the link. */
async function expectLinkedCounts(page: Page, links: { href: string; shown: string }[]): Promise<void> {
	expect(links.length).toBeGreaterThan(10);
	for (const { href, shown } of links) {
		await page.goto(href);
		const listed = await page.getByRole('article').count();
		expect(listed, href).toBe(Math.min(Number(shown.replace(/\D/g, '')), 50));
	}
}

test('the comparison leads to an officer’s ratings; excluding one changes the figures', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.setViewportSize(WIDE);
	const { body } = await api(running().origin, '/officers?unit=mamuju');
	const officer = (body.items as { id: string; name: string }[])[1];
	await api(running().origin, '/ratings', {
		body: { unit: 'mamuju', officer: officer?.id, score: 3, submission_id: crypto.randomUUID() }
	});

	await page.goto('/insight/officers?unit=mamuju');
	await expect(page.getByText('dianggap setara')).toBeVisible();
	await page.getByRole('link', { name: officer?.name ?? '', exact: true }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(officer?.name ?? '');
	const before = { counted: await figure(page, 'Penilaian dihitung'), voided: await figure(page, 'Tidak dihitung') };

	// A score of the distribution opens exactly the ratings with that score. Only the province may exclude a 1 or a 2.
	const threes = page.getByRole('table', { name: 'Sebaran nilai' }).getByRole('row', { name: /Cukup/ });
	const count = Number((await threes.getByRole('link').textContent())?.replace(/\D/g, ''));
	await threes.getByRole('link').click();
	await expect(page).toHaveURL(/score=3/);
	await expect(page.getByRole('article')).toHaveCount(count);
	await expect(page.getByRole('article').first().locator('time')).toHaveAttribute('datetime', /^\d{4}-\d{2}-\d{2}$/);

	const first = page.getByRole('article').first();
	await first.getByText('Jangan hitung').first().click();
	await first.locator('select[name=reason]:visible').selectOption('trial');
	await first.getByRole('button', { name: 'Jangan hitung', exact: true }).click();
	await expect(page.getByRole('status')).toBeVisible();

	await page.getByRole('link', { name: officer?.name ?? '', exact: true }).click();
	expect({
		counted: await figure(page, 'Penilaian dihitung'),
		voided: await figure(page, 'Tidak dihitung')
	}).toEqual({ counted: before.counted - 1, voided: before.voided + 1 });
});

test('a manager reads the overview at a glance, opens each figure and takes the comparison as CSV and the overview as PDF', async ({
	browser
}) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.setViewportSize({ width: 1366, height: 768 });
	await page.goto('/insight?unit=mamuju');
	const figures = page.locator('dl > div');
	for (const term of ['Kepuasan', 'Tingkat tanggapan', 'Tepat waktu', 'Terlambat sekarang'])
		await expect(figures.filter({ hasText: term })).toBeInViewport({ ratio: 1 });
	const hrefs = await figures
		.getByRole('link')
		.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
	expect(hrefs.length).toBeGreaterThanOrEqual(3);
	for (const href of hrefs) expect((await page.request.get(href)).status(), href).toBe(200);
	const pdf = await downloaded(page, page.getByRole('link', { name: 'PDF untuk rapat' }));
	expect((await readPdf(await readFile(await pdf.path()))).text).toContain('Kepuasan');

	await page.getByRole('navigation', { name: 'Menu utama' }).getByRole('link', { name: 'Penilaian' }).click();
	const officers = (on: Page) => on.getByRole('row').filter({ has: on.getByRole('rowheader') });
	const csv = await downloaded(page, page.getByRole('link', { name: 'CSV' }));
	expect(await readFile(await csv.path(), 'utf8')).toContain(
		(await officers(page).first().getByRole('link').first().textContent()) ?? ''
	);
	// An office of the demo compares five officers. The province has more.
	const province = await signedIn(browser, 'pimpinan.sulbar', { viewport: { width: 1366, height: 768 } });
	await province.goto('/insight/officers?unit=sulbar&scope=tree');
	for (let nth = 0; nth < 6; nth++) await expect(officers(province).nth(nth)).toBeInViewport({ ratio: 1 });
});

test('every count on an officer’s page opens that number of ratings', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.goto('/insight/officers?unit=mamuju');
	await page.locator('tbody a[href^="/insight/officers/"]').first().click();
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	const links = await page
		.locator('table a[href^="/insight/ratings"]')
		.evaluateAll((all) =>
			all.map((link) => ({ href: link.getAttribute('href') ?? '', shown: link.textContent ?? '' }))
		);
	await expectLinkedCounts(page, links);
});

test('every count of the comparison opens that number of ratings of the officer and score', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.goto('/insight/officers?unit=mamuju&columns=all');
	const bars = await page.locator('table a[href*="score="]').evaluateAll((all) =>
		all.map((link) => ({
			href: link.getAttribute('href') ?? '',
			shown: link.querySelector('.n')?.textContent ?? ''
		}))
	);
	await expectLinkedCounts(page, bars);
});

test('the comparison shows each officer’s response rate, the same as the page of the officer', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.setViewportSize(WIDE);
	await page.goto('/insight/officers?unit=mamuju');
	const heads = await page.getByRole('columnheader').allTextContents();
	const row = page
		.getByRole('row')
		.filter({ has: page.getByRole('rowheader') })
		.first();
	const shown = await row
		.locator('td .value')
		.nth(heads.indexOf('Tanggapan') - 1)
		.textContent();
	expect(shown?.trim()).toMatch(/^\d+%$/);
	await row.getByRole('rowheader').getByRole('link').click();
	await expect(page.locator('dl > div').filter({ hasText: 'Tingkat tanggapan' })).toContainText(shown?.trim() ?? '');
});

test('a total of a province opens the ratings of all its offices', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.sulbar');
	await page.goto('/insight/units?unit=sulbar');
	const held = page.locator('dl > div').filter({ hasText: 'Ditahan untuk diperiksa' }).getByRole('link');
	const count = Number(await held.textContent());
	await held.click();
	await expect(page).toHaveURL(/scope=tree/);
	await expect(page.getByRole('article')).toHaveCount(Math.min(count, 50));
	await expectAccessible(page);
	await page.getByText('Ubah', { exact: true }).click();
	await page.locator('select[name=scope]').selectOption('own');
	await page.getByRole('button', { name: 'Tampilkan' }).click();
	await expect(page).not.toHaveURL(/scope=tree/);
});

test('the mean and officers with few ratings link to those ratings; the list names the office', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.sulbar');
	await page.goto('/insight/officers?unit=sulbar&scope=tree&columns=all');
	const few = page
		.locator('section[aria-label="Data belum cukup"] li')
		.filter({ has: page.locator('a[href^="/insight/ratings"]') });
	await expect(few.first()).toContainText('BPS');
	const open = few.first().locator('a[href^="/insight/ratings"]');
	const count = Number((await open.textContent())?.replace(/\D/g, ''));
	await open.click();
	await expect(page.getByRole('article')).toHaveCount(count);
	await page.goBack();
	await page.locator('dl > div').filter({ hasText: 'Rata-rata' }).getByRole('link').click();
	await expect(page).toHaveURL(/scope=tree.*state=counted|state=counted.*scope=tree/);
});

test('an office is compared with its own past, for a chosen quarter and for the one before', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	await page.goto('/insight/units');
	await expect(page).toHaveURL(/\/insight\/units\/mamuju/);
	await expect(page.getByRole('columnheader', { name: /Masa sebelumnya/ })).toBeVisible();
	await page.getByText('Ubah', { exact: true }).click();
	await page.locator('select[name=period]').selectOption({ index: 2 });
	await page.getByRole('button', { name: 'Tampilkan' }).click();
	await expect(page.getByRole('columnheader', { name: /Setahun sebelumnya/ })).toBeVisible();
	await expect(page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /)).toBeVisible();
	const before = await page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /).textContent();
	await page.getByRole('navigation', { name: 'Masa sebelum dan sesudahnya' }).getByRole('link').first().click();
	await expect(page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /)).not.toHaveText(before ?? '');
});

test('the province sees its offices side by side; a single office sees only itself', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.sulbar');
	await page.setViewportSize(WIDE);
	await page.goto('/insight/units?unit=sulbar');
	await expect(page.getByRole('rowheader')).toHaveCount(7);
	await page.getByRole('link', { name: 'BPS Kabupaten Majene' }).click();
	await expect(page).toHaveURL(/\/insight\/units\/majene/);
	await expect(page.getByRole('table', { name: 'Angka per bulan' })).toBeVisible();
	const stranger = await signedIn(browser, 'pimpinan.mamuju');
	expect((await stranger.goto('/insight/units/majene'))?.status()).toBe(404);
});

test('charts work without scripts, each with a table of the same numbers', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju', { javaScriptEnabled: false });
	const to = today();
	const from = `${Number(to.slice(0, 4)) - 1}-${to.slice(5, 7)}-01`;
	await page.goto(`/insight/units/mamuju?from=${from}&to=${to}`);
	await expect(page.locator('svg .full')).toHaveCount(13);
	const rows = page.getByRole('table', { name: 'Angka per bulan' }).getByRole('row');
	await expect(rows).toHaveCount(14);
	// All months belong to the period, so none has a coloured background and no legend explains it.
	await expect(page.locator('svg .ground')).toHaveCount(0);
	await expect(page.getByText('Latar berwarna')).toHaveCount(0);
	await page.getByText('Ubah', { exact: true }).click();
	await page.getByRole('link', { name: 'Bulan lalu' }).click();
	await expect(page.locator('svg .ground')).toHaveCount(2);
	await expect(page.getByText('Latar berwarna')).toBeVisible();
	// Every page of staff has the script that sends a form once.
	await expect(page.locator('script[src]:not([src*=single-submit])')).toHaveCount(0);
});

test('a page is printed on A4 with its subject and tables, without filters', async ({ browser }) => {
	const page = await signedIn(browser, 'pimpinan.mamuju');
	for (const path of ['/insight/officers?unit=mamuju', '/insight/units/mamuju']) {
		await page.goto(path);
		await page.emulateMedia({ media: 'print' });
		await page.setViewportSize({ width: path.includes('units') ? 688 : 1032, height: 900 });
		await expect(page.locator('main form').first()).toBeHidden();
		await expect(page.getByText('12 bulan terakhir, ')).toBeVisible();
		await expectFits(page);
		const pdf = await page.pdf({ preferCSSPageSize: true });
		const [, wide, high] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1')) ?? [];
		const sides = [Number(wide), Number(high)].sort((a, b) => a - b);
		expect(Math.round(sides[0] ?? 0)).toBeGreaterThanOrEqual(594);
		expect(Math.round(sides[1] ?? 0)).toBeLessThanOrEqual(843);
		await page.emulateMedia({ media: null });
	}
});
