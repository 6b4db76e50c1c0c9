import { readFile } from 'node:fs/promises';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { parse } from 'csv-parse/sync';
import { openBoardsOffice } from './support/boards-office.ts';
import { PASSWORD } from './support/own-database.ts';
import { expectAccessible, signedInAt, visit as visitAt } from './support/pages.ts';

type Office = Awaited<ReturnType<typeof openBoardsOffice>>;
let office: Office;
test.beforeAll(async () => {
	test.setTimeout(180_000);
	office = await openBoardsOffice();
});
test.afterAll(() => office.stop());

const signedIn = (browser: Browser, role: keyof Office['usernames']): Promise<Page> =>
	signedInAt(browser, office.origin, { username: office.usernames[role], password: PASSWORD });

const visit = (page: Page, path: string): Promise<void> => visitAt(page, path, office.origin);

const number = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));

test('every figure of a supervisor’s board opens as many reports, at any width, on paper too', async ({ browser }) => {
	test.setTimeout(180_000);
	const page = await signedIn(browser, 'supervisor');
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`${office.origin}/desk`);
	await page.getByRole('link', { name: 'Dasbor laporan' }).click();
	await visit(page, `/insight/cases?unit=${office.unit.slug}`);
	await expect(page.locator('dl > div').filter({ hasText: 'Masuk' }).locator('dd')).toHaveText('17');
	const links = await page
		.locator('main a[href^="/desk?"]')
		.evaluateAll((all) => all.map((link) => ({ href: link.getAttribute('href') ?? '', said: link.textContent ?? '' })));
	expect(links.length).toBeGreaterThan(12);
	for (const { href, said } of links) {
		await page.goto(office.origin + href);
		await expect(page.getByText('Dari angka dasbor:')).toBeVisible();
		const listed = await page
			.locator('main a[href^="/desk/cases/"]')
			.evaluateAll((all) => new Set(all.map((link) => (link as HTMLAnchorElement).pathname.split('/')[3])).size);
		expect(listed, href).toBe(Math.min(number(said), 30));
	}
	for (const width of [360, 1440]) {
		await page.setViewportSize({ width, height: 800 });
		await page.goto(`${office.origin}/insight/cases?unit=${office.unit.slug}`);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		expect(over, `wider than ${width}`).toBeLessThanOrEqual(0);
	}
	await page.emulateMedia({ media: 'print' });
	await expect(page.getByRole('navigation').first()).toBeHidden();
	await expect(page.getByLabel('Saring')).toBeHidden();
});

test('a manager sees the same figures with no link to a report, and none of a restricted one', async ({ browser }) => {
	const page = await signedIn(browser, 'manager');
	await visit(page, `/insight/cases?unit=${office.unit.slug}`);
	await expect(page.locator('dl > div').filter({ hasText: 'Masuk' }).locator('dd')).toHaveText('17');
	await expect(page.locator('main a[href^="/desk"]')).toHaveCount(0);
	await expect(page.getByRole('rowheader', { name: /Integritas/ })).toHaveCount(0);
	const above = await signedIn(browser, 'above');
	await above.goto(`${office.origin}/insight/cases?unit=${office.root.slug}&scope=tree`);
	await expect(above.getByRole('rowheader', { name: /Integritas/ })).toBeVisible();
	await expect(above.getByRole('table', { name: 'Menurut satuan kerja' }).getByRole('row')).toHaveCount(4);
});

test('the page for everybody is there once it is switched on, and tells nothing of few', async ({ browser }) => {
	const phone = await (await browser.newContext()).newPage();
	const front = `${office.origin}/${office.unit.slug}`;
	expect((await phone.goto(`${front}/angka`))?.status()).toBe(404);
	await phone.goto(front);
	await expect(phone.getByRole('link', { name: 'Laporan dalam angka' })).toHaveCount(0);

	const admin = await signedIn(browser, 'above');
	const set = async (shown: boolean) => {
		await admin.goto(`${office.origin}/admin/units/${office.unit.code}`);
		await admin.getByRole('checkbox', { name: /Tampilkan di/ }).setChecked(shown);
		await admin
			.getByRole('textbox', { name: /Yang diperbaiki/ })
			.fill('Kursi ruang tunggu ditambah.\nPapan jam layanan diganti.');
		await admin.locator('#angka').getByRole('button', { name: 'Simpan' }).click();
		await expect(admin.getByRole('status')).toContainText('disimpan');
	};
	await set(true);
	await expect(async () => {
		await phone.goto(front);
		await phone.getByRole('link', { name: 'Laporan dalam angka' }).click({ timeout: 1000 });
	}).toPass();
	await visit(phone, `/${office.unit.slug}/angka`);
	await expect(phone.locator('script[src]')).toHaveCount(0);
	const facts = phone.locator('main');
	// Seventeen were received, one of them answered; two about costs stand with the next larger.
	await expect(facts).toContainText('sekitar 15');
	await expect(facts.getByText('terlalu sedikit untuk ditampilkan').first()).toBeVisible();
	await expect(facts.getByRole('rowheader', { name: 'Waktu pelayanan' })).toBeVisible();
	await expect(facts.getByRole('rowheader', { name: 'Lainnya' })).toBeVisible();
	await expect(facts).not.toContainText(/Biaya|Integritas|17/);
	await expect(facts.getByRole('listitem').filter({ hasText: 'Kursi ruang tunggu ditambah.' })).toBeVisible();
	await admin.goto(`${office.origin}/admin/log?area=unit`);
	await expect(admin.getByText('Halaman angka untuk umum diubah').first()).toBeVisible();

	await set(false);
	await expect(async () => expect((await phone.goto(`${front}/angka`))?.status()).toBe(404)).toPass();
});

test('a few reports are downloaded at once; many are written with progress, cancelled, and taken by their owner alone', async ({
	browser
}) => {
	test.setTimeout(180_000);
	const small = await signedIn(browser, 'supervisor');
	await visit(small, '/desk/exports');
	await small.goto(`${office.origin}/desk/exports`);
	await small.getByLabel('CSV').check();
	const coming = small.waitForEvent('download');
	await small.getByRole('button', { name: 'Buat berkas' }).click();
	const rows = parse(await readFile(await (await coming).path()), { bom: true, columns: true }) as Record<
		string,
		string
	>[];
	expect(rows).toHaveLength(17);

	const page = await signedIn(browser, 'many');
	await page.goto(`${office.origin}/desk/exports`);
	await page.getByLabel('Excel (XLSX)').check();
	await page.getByRole('button', { name: 'Buat berkas' }).click();
	await expect(page.getByRole('progressbar')).toBeVisible();
	await expect(page.getByText(/Sedang dibuat: \d+%/)).toBeVisible();
	await page.getByRole('button', { name: 'Batalkan' }).click();
	await expect(page.getByText('Dibatalkan')).toBeVisible();

	await page.getByLabel('CSV').check();
	await page.getByRole('button', { name: 'Buat berkas' }).click();
	const ready = page.getByRole('link', { name: 'Unduh CSV' });
	await expect(ready).toBeVisible({ timeout: 90_000 });
	await expectAccessible(page);
	const href = await ready.getAttribute('href');
	const fetched = page.waitForEvent('download');
	await ready.click();
	const all = parse(await readFile(await (await fetched).path()), { bom: true, columns: true }) as Record<
		string,
		string
	>[];
	expect(all).toHaveLength(office.many);
	expect(all[0]?.Judul).toBe("'=1+1");

	const other = await signedIn(browser, 'colleague');
	expect((await other.request.get(office.origin + href)).status()).toBe(404);
	await other.goto(`${office.origin}/desk/exports`);
	await expect(other.getByText('Belum ada berkas')).toBeVisible();
});
