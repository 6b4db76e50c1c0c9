import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from './support/test.ts';
import { running } from './support/journey.ts';
import { expectAccessible, signedIn } from './support/pages.ts';
import { api } from './support/site.ts';

/** The narrowest first: a page is loaded at that width and then widened. */
const WIDTHS = [360, 1024, 1440] as const;

/** A figure of the row of figures by its term. */
async function figure(page: Page, term: string): Promise<number> {
	const value = page.locator('dl > div').filter({ hasText: term }).locator('dd').first();
	return Number(((await value.textContent()) ?? '').replace(/\D/g, ''));
}

async function wideEnough(page: Page): Promise<void> {
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	expect(over, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
	const cut = await page
		.locator('[role=region]:has(> table[role=table])')
		.evaluateAll((frames) => frames.filter((frame) => frame.scrollWidth > frame.clientWidth).length);
	expect(cut, `${page.url()} has a table that is cut off`).toBe(0);
}

test('from the comparison to the officer, to a figure, to the ratings behind it; a void changes the figures', async ({
	browser
}) => {
	const { origin } = running();
	const page = await signedIn(browser, 'pemantau.mamuju');
	await page.setViewportSize({ width: 1440, height: 900 });
	const { body } = await api(origin, '/officers?unit=mamuju');
	const officer = (body.items as { id: string; name: string }[])[1];
	await api(origin, '/ratings', {
		body: { unit: 'mamuju', officer: officer?.id, score: 3, submission_id: randomUUID() }
	});

	await page.goto(`${origin}/insight?unit=mamuju`);
	await expect(page.getByText('seolah sudah menerima')).toBeVisible();
	await page.getByRole('link', { name: officer?.name ?? '', exact: true }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(officer?.name ?? '');
	const before = { counted: await figure(page, 'Penilaian dihitung'), voided: await figure(page, 'Tidak dihitung') };

	// A score of the distribution opens exactly the ratings of that score; 1 and 2 would need the province's word.
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

test('every part of an officer’s page opens as many ratings as it says', async ({ browser }) => {
	const page = await signedIn(browser, 'pemantau.mamuju');
	await page.goto(`${running().origin}/insight?unit=mamuju`);
	await page.locator('tbody a[href^="/insight/officers/"]').first().click();
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	const links = await page
		.locator('table a[href^="/insight/ratings"]')
		.evaluateAll((all) => all.map((link) => ({ href: link.getAttribute('href') ?? '', said: link.textContent ?? '' })));
	expect(links.length).toBeGreaterThan(10);
	for (const { href, said } of links) {
		const n = Number(said.replace(/\D/g, ''));
		await page.goto(running().origin + href);
		const listed = await page.getByRole('article').count();
		expect(listed, href).toBe(Math.min(n, 50));
	}
});

test('every count of the comparison’s distributions opens as many ratings of that officer and score', async ({
	browser
}) => {
	const page = await signedIn(browser, 'pemantau.mamuju');
	await page.goto(`${running().origin}/insight?unit=mamuju`);
	const bars = await page
		.locator('table a[href*="score="]')
		.evaluateAll((all) =>
			all.map((link) => ({ href: link.getAttribute('href') ?? '', said: link.querySelector('.n')?.textContent ?? '' }))
		);
	expect(bars.length).toBeGreaterThan(10);
	for (const { href, said } of bars) {
		await page.goto(running().origin + href);
		expect(await page.getByRole('article').count(), href).toBe(Math.min(Number(said), 50));
	}
});

test('the comparison shows each officer’s response rate, the same as the page of the officer', async ({ browser }) => {
	const page = await signedIn(browser, 'pemantau.mamuju');
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`${running().origin}/insight?unit=mamuju`);
	const heads = await page.getByRole('columnheader').allTextContents();
	const row = page
		.getByRole('row')
		.filter({ has: page.getByRole('rowheader') })
		.first();
	const said = await row
		.locator('td .value')
		.nth(heads.indexOf('Tanggapan') - 1)
		.textContent();
	expect(said?.trim()).toMatch(/^\d+%$/);
	await row.getByRole('rowheader').getByRole('link').click();
	await expect(page.locator('dl > div').filter({ hasText: 'Tingkat tanggapan' })).toContainText(said?.trim() ?? '');
});

test('what a province adds up opens as the ratings of all its offices', async ({ browser }) => {
	const page = await signedIn(browser, 'pemantau.sulbar');
	await page.goto(`${running().origin}/insight/units?unit=sulbar`);
	const held = page.locator('dl > div').filter({ hasText: 'Ditahan untuk diperiksa' }).getByRole('link');
	const count = Number(await held.textContent());
	await held.click();
	await expect(page).toHaveURL(/scope=tree/);
	await expect(page.getByRole('article')).toHaveCount(Math.min(count, 50));
	await expectAccessible(page);
	await page.locator('select[name=scope]').selectOption('own');
	await page.getByRole('button', { name: 'Tampilkan' }).click();
	await expect(page).not.toHaveURL(/scope=tree/);
});

test('a mean, and an officer with too little data, open the ratings behind them; over several offices the own is named', async ({
	browser
}) => {
	const page = await signedIn(browser, 'pemantau.sulbar');
	await page.goto(`${running().origin}/insight?unit=sulbar&scope=tree`);
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

test('an office stands beside its own past; a past quarter is chosen by name', async ({ browser }) => {
	const page = await signedIn(browser, 'pemantau.mamuju');
	await page.goto(`${running().origin}/insight/units`);
	await expect(page).toHaveURL(/\/insight\/units\/mamuju/);
	await expect(page.getByRole('columnheader', { name: /Masa sebelumnya/ })).toBeVisible();
	await page.locator('select[name=period]').selectOption({ index: 2 });
	await page.getByRole('button', { name: 'Tampilkan' }).click();
	await expect(page.getByRole('columnheader', { name: /Setahun sebelumnya/ })).toBeVisible();
	await expect(page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /)).toBeVisible();
	const before = await page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /).textContent();
	await page.getByRole('navigation', { name: 'Masa sebelum dan sesudahnya' }).getByRole('link').first().click();
	await expect(page.getByText(/^Triwulan (I|II|III|IV) \d{4}, /)).not.toHaveText(before ?? '');
});

test('the province sees its offices side by side, each opening its page; an office alone sees itself', async ({
	browser
}) => {
	const page = await signedIn(browser, 'pemantau.sulbar');
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`${running().origin}/insight/units?unit=sulbar`);
	await expect(page.getByRole('rowheader')).toHaveCount(7);
	await page.getByRole('link', { name: 'BPS Kabupaten Majene' }).click();
	await expect(page).toHaveURL(/\/insight\/units\/majene/);
	await expect(page.getByRole('table', { name: 'Angka per bulan' })).toBeVisible();
	const stranger = await signedIn(browser, 'pemantau.mamuju');
	expect((await stranger.goto(`${running().origin}/insight/units/majene`))?.status()).toBe(404);
});

test('charts are there without scripts, each with a table of the same numbers', async ({ browser }) => {
	const signed = await signedIn(browser, 'pemantau.mamuju');
	const context = await browser.newContext({
		javaScriptEnabled: false,
		storageState: await signed.context().storageState()
	});
	const page = await context.newPage();
	const today = new Date().toISOString().slice(0, 10);
	const from = `${Number(today.slice(0, 4)) - 1}-${today.slice(5, 7)}-01`;
	await page.goto(`${running().origin}/insight/units/mamuju?from=${from}&to=${today}`);
	await expect(page.locator('svg .full')).toHaveCount(13);
	const rows = page.getByRole('table', { name: 'Angka per bulan' }).getByRole('row');
	await expect(rows).toHaveCount(14);
	// All of the months belong to the period: none is set apart, and nothing is said of a ground.
	await expect(page.locator('svg .ground')).toHaveCount(0);
	await expect(page.getByText('Latar berwarna')).toHaveCount(0);
	await page.getByRole('link', { name: 'Bulan lalu' }).click();
	await expect(page.locator('svg .ground')).toHaveCount(2);
	await expect(page.getByText('Latar berwarna')).toBeVisible();
	expect(await page.locator('script[src]').count()).toBe(0);
	await context.close();
});

test('the pages of figures are accessible in both languages and fit every window', async ({ browser }) => {
	test.setTimeout(300_000);
	const { origin } = running();
	const page = await signedIn(browser, 'pemantau.sulbar');
	await page.goto(`${origin}/insight?unit=mamuju`);
	const officer = (await page.locator('tbody a[href^="/insight/officers/"]').first().getAttribute('href')) ?? '';
	for (const path of [
		'/insight?unit=mamuju',
		'/insight?unit=sulbar&scope=tree',
		officer,
		'/insight/units?unit=sulbar',
		'/insight/units/mamuju',
		'/insight/ratings?unit=mamuju&source=place',
		'/insight/method'
	]) {
		for (const lang of ['en', 'id']) {
			await page.setViewportSize({ width: WIDTHS[0], height: 900 });
			await page.goto(`${origin}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
			for (const width of WIDTHS) {
				await page.setViewportSize({ width, height: 900 });
				await expectAccessible(page);
				await wideEnough(page);
			}
		}
	}
	await page.emulateMedia({ colorScheme: 'dark' });
	for (const path of ['/insight?unit=mamuju', officer, '/insight/units?unit=sulbar', '/insight/units/mamuju']) {
		await page.goto(origin + path);
		await expectAccessible(page);
	}
});

test('a page prints as A4 with what it is about, its tables, and no filters', async ({ browser }) => {
	const { origin } = running();
	const page = await signedIn(browser, 'pemantau.mamuju');
	for (const path of ['/insight?unit=mamuju', '/insight/units/mamuju']) {
		await page.goto(origin + path);
		await page.emulateMedia({ media: 'print' });
		await page.setViewportSize({ width: path.includes('units') ? 688 : 1032, height: 900 });
		await expect(page.locator('form').first()).toBeHidden();
		await expect(page.getByText('12 bulan terakhir, ')).toBeVisible();
		await wideEnough(page);
		const pdf = await page.pdf({ preferCSSPageSize: true });
		const [, wide, high] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1')) ?? [];
		const sides = [Number(wide), Number(high)].sort((a, b) => a - b);
		expect(Math.round(sides[0] ?? 0)).toBeGreaterThanOrEqual(594);
		expect(Math.round(sides[1] ?? 0)).toBeLessThanOrEqual(843);
		await page.emulateMedia({ media: null });
	}
});
