import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test, type Browser, type Page } from './support/test.ts';
import ExcelJS from 'exceljs';
import { running } from './support/journey.ts';
import { expectAccessible, signedIn, visit } from './support/pages.ts';
import { api } from './support/site.ts';

const WIDTHS = [360, 1440];
/** A word that no other report has: letters alone, so that it can be mistyped. */
const ownWord = () =>
	`zamrud${randomUUID()
		.replace(/[^a-f]/g, '')
		.slice(0, 6)}`;

async function opened(unit: string, body: string, title: string): Promise<string> {
	const { status, body: answer } = await api(running().origin, '/cases', {
		body: { unit, kind: 'suggestion', title, body, identity: 'none', submission_id: randomUUID() }
	});
	expect(status).toBe(201);
	return String(answer.reference);
}

async function fits(page: Page): Promise<void> {
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 900 });
		const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
		expect(inner, `${page.url()} at ${width}`).toBeLessThanOrEqual(outer);
	}
}

async function withoutScripts(browser: Browser, page: Page): Promise<Page> {
	const storageState = await page.context().storageState();
	return (
		await browser.newContext({ storageState, javaScriptEnabled: false, viewport: { width: 360, height: 780 } })
	).newPage();
}

const listed = (page: Page) => page.locator('a[data-row]');

test('a report is found by a word, by a beginning, by a mistyped word and by the end of its number', async ({
	browser
}) => {
	const word = ownWord();
	const reference = await opened(
		'mamuju',
		`Mohon pohon ${word} di halaman <b>dipangkas</b> karena rindang.`,
		'Pohon di halaman'
	);
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${running().origin}/desk`);
	await desk.getByRole('searchbox').fill(word);
	await desk.getByRole('searchbox').press('Enter');
	await expect(listed(desk)).toHaveCount(1);
	await expect(desk.locator('mark', { hasText: word })).toBeVisible();
	await expect(desk.getByText('<b>dipangkas</b>')).toBeVisible();
	await visit(desk, `/desk?q=${word}`);
	await fits(desk);
	const wrong = word.replace('mr', 'rm');
	for (const q of [word.slice(0, -2), `${word} pangkas`, reference.slice(-6), reference]) {
		await desk.goto(`${running().origin}/desk?q=${encodeURIComponent(q)}`);
		await expect(desk.locator(`a[data-row][href$="${reference}"]`), q).toHaveCount(1);
	}
	await desk.goto(`${running().origin}/desk?q=${wrong}`);
	await expect(desk.getByText(`Tidak ada yang persis “${wrong}”`)).toBeVisible();
	await expect(desk.locator(`a[data-row][href$="${reference}"]`)).toHaveCount(1);
	await expectAccessible(desk);
	const elsewhere = await signedIn(browser, 'pengelola.majene');
	await elsewhere.goto(`${running().origin}/desk?q=${word}`);
	await expect(elsewhere.getByText('Tidak ada laporan yang cocok')).toBeVisible();
});

test('a view is saved, ordered, renamed and deleted, also without scripts', async ({ browser }) => {
	// Three pages are looked at in both languages and at two widths.
	test.slow();
	const word = ownWord();
	await opened('mamuju', `Kursi ${word} di ruang tunggu sudah rusak.`, 'Kursi rusak');
	const desk = await signedIn(browser, 'pengelola.mamuju');
	const name = `Kursi ${word}`;
	await desk.goto(`${running().origin}/desk?q=${word}&kind=suggestion`);
	await desk.getByRole('link', { name: 'Simpan tampilan ini' }).click();
	await expect(desk).toHaveURL(/\/desk\/views/);
	await visit(desk, new URL(desk.url()).pathname + new URL(desk.url()).search.replace(/&lang=\w+/, ''));
	await expect(desk.getByText(`Saran · “${word}”`)).toBeVisible();
	await desk.getByLabel('Nama tampilan').fill(name);
	await desk.getByRole('button', { name: 'Simpan', exact: true }).click();
	const link = desk.getByRole('navigation', { name: 'Tampilan tersimpan' }).getByRole('link', { name: `${name} 1` });
	await expect(link).toHaveAttribute('aria-current', 'true');
	await expect(desk.getByRole('link', { name: 'Simpan tampilan ini' })).toHaveCount(0);
	await visit(desk, '/desk');
	await fits(desk);

	const plain = await withoutScripts(browser, desk);
	await plain.goto(`${running().origin}/desk/views?save=1&kind=complaint`);
	await plain.getByLabel('Nama tampilan').fill(name);
	await plain.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(plain.getByRole('alert')).toContainText('Nama ini sudah dipakai');
	await plain.getByLabel('Nama tampilan').fill(`Pengaduan ${word}`);
	await plain.getByRole('button', { name: 'Simpan', exact: true }).click();
	await plain.goto(`${running().origin}/desk/views`);
	const items = plain.locator('ol > li', { hasText: word });
	await items.nth(1).getByRole('button', { name: 'Naikkan' }).click();
	await expect(items.first()).toContainText(`Pengaduan ${word}`);
	await items.first().getByText('Ubah nama', { exact: true }).click();
	await items.first().getByLabel('Ubah nama').fill(`Aduan ${word}`);
	await items.first().getByRole('button', { name: 'Simpan nama' }).click();
	await expect(plain.getByRole('status')).toContainText('Nama tampilan diubah');
	await visit(desk, '/desk/views');
	await fits(desk);
	for (let left = 2; left > 0; left--) {
		await items.first().getByText('Hapus', { exact: true }).click();
		await items
			.first()
			.getByRole('button', { name: /^Ya, hapus/ })
			.click();
		await expect(plain.getByRole('status')).toContainText('Tampilan dihapus');
		await expect(items).toHaveCount(left - 1);
	}
});

test('a list is taken away as it stands, and the log says so', async ({ browser }) => {
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${running().origin}/desk?kind=complaint`);
	const shown = await listed(desk).evaluateAll((rows) =>
		rows.map((row) => row.getAttribute('href')?.split('/').at(-1))
	);
	const arriving = desk.waitForEvent('download');
	await desk.getByRole('link', { name: 'Unduh Excel' }).click();
	const download = await arriving;
	expect(download.suggestedFilename()).toMatch(/^inbox-\d{4}-\d\d-\d\d\.xlsx$/);
	const book = new ExcelJS.Workbook();
	await book.xlsx.load((await readFile(await download.path())) as unknown as ExcelJS.Buffer);
	const [sheet] = book.worksheets;
	const references = (sheet?.getColumn(1).values ?? []).slice(2);
	expect(references.slice(0, shown.length)).toEqual(shown);
	for (const path of ['approvals', 'escalations', 'unrecorded', 'inbound', 'visits']) {
		await desk.goto(`${running().origin}/desk/${path}`);
		const file = desk.waitForEvent('download');
		await desk.getByRole('link', { name: 'Unduh Excel' }).click();
		expect((await file).suggestedFilename()).toContain(path);
		await fits(desk);
	}
	const admin = await signedIn(browser, 'admin.mamuju');
	await visit(admin, '/admin/log?area=list');
	await expect(admin.getByText('Daftar diunduh').first()).toBeVisible();
});
