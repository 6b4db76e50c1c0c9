import { readFile } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { openCase } from './support/cases.ts';
import { downloaded, expectAccessible, expectFits, signedIn, openAndCheck } from './support/pages.ts';
import { CORE, expect, test, type Page } from './support/test.ts';

/** A word that no other report contains, of letters only, so that it can be mistyped. */
const ownWord = () =>
	`zamrud${crypto
		.randomUUID()
		.replace(/[^a-f]/g, '')
		.slice(0, 6)}`;

const listed = (page: Page) => page.locator('a[data-row]');

test('finds a report by a word, its beginning, a mistyped word and the end of its number', async ({ browser }) => {
	const word = ownWord();
	const body = `Mohon pohon ${word} di halaman <b>dipangkas</b> karena rindang.`;
	const reporter = { name: 'Pelapor Contoh Zamrud', phone: '081355500321' };
	const sender = { identity: 'named', reporter };
	const { reference } = await openCase({ kind: 'suggestion', title: 'Pohon di halaman', body, ...sender });
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk');
	await desk.getByRole('searchbox').fill(word);
	await desk.getByRole('searchbox').press('Enter');
	await expect(listed(desk)).toHaveCount(1);
	await expect(desk.locator('mark', { hasText: word })).toBeVisible();
	await expect(desk.getByText('<b>dipangkas</b>')).toBeVisible();
	await openAndCheck(desk, `/desk?q=${word}`, 360, 1440);
	const mistyped = word.replace('mr', 'rm');
	const numbers = [reference, reference.slice(-6), String(Number(reference.slice(-6)))];
	for (const q of [word.slice(0, -2), `${word} pangkas`, 'contoh zamrud', '0813-5550-0321', ...numbers]) {
		await desk.goto(`/desk?q=${encodeURIComponent(q)}`);
		await expect(desk.locator(`a[data-row][href*="/${reference}"]`), q).toHaveCount(1);
	}
	await desk.goto(`/desk?q=${mistyped}`);
	await expect(desk.getByText(`Tidak ada yang persis “${mistyped}”`)).toBeVisible();
	await expect(desk.locator(`a[data-row][href*="/${reference}"]`)).toHaveCount(1);
	await expectAccessible(desk);
	const elsewhere = await signedIn(browser, 'penangan.majene');
	await elsewhere.goto(`/desk?q=${word}`);
	await expect(elsewhere.getByText('Tidak ada laporan yang cocok')).toBeVisible();
});

test('on another page of the list the focus is on its first row', async ({ browser }) => {
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk?status=all');
	for (const way of ['Berikutnya', 'Sebelumnya']) {
		await desk.getByRole('navigation', { name: 'Halaman daftar' }).getByRole('link', { name: way }).press('Enter');
		await expect(listed(desk).first(), way).toBeFocused();
	}
});

test('a report is filtered by its facts and taken from the list with one click, also without scripts', async ({
	browser
}) => {
	const word = ownWord();
	const { reference } = await openCase({ body: `Kursi ${word} di ruang tunggu rusak.`, category: 'facilities' });
	await openCase({ body: `Loket ${word} tutup terlalu cepat.`, category: 'time' });
	const desk = await signedIn(browser, 'penangan.mamuju', { javaScriptEnabled: false });
	await desk.goto(`/desk?q=${word}`);
	await expect(listed(desk)).toHaveCount(2);
	await desk.getByText('Saring', { exact: true }).click();
	await desk.getByLabel('Kategori').selectOption({ label: 'Sarana dan fasilitas' });
	await desk.getByRole('button', { name: 'Tampilkan' }).click();
	await expect(listed(desk)).toHaveCount(1);
	await expect(desk.getByText('Disaring:')).toContainText('Sarana');
	const row = desk.getByRole('row').filter({ hasText: reference });
	await row.getByRole('button', { name: 'Ambil' }).click();
	await expect(desk.getByText('Laporan ini sekarang Anda tangani:')).toContainText(reference);
	await expect(row).toContainText('Saya');
	await expect(desk).toHaveURL(/category=facilities/);
	const height = async () => (await row.boundingBox())?.height ?? 0;
	const compact = await height();
	await desk.getByRole('button', { name: 'Baris longgar' }).click();
	await desk.goto(`/desk?q=${word}&lang=id`);
	expect(await height()).toBeGreaterThan(compact);
	await desk.getByRole('button', { name: 'Baris rapat' }).click();

	// If a colleague took the report first, the page says so to the second handler.
	const other = await signedIn(browser, 'penangan2.mamuju', { javaScriptEnabled: false });
	await other.goto(`/desk?q=${word}&unassigned=1`);
	await desk.goto(`/desk?q=${word}&unassigned=1`);
	await desk.getByRole('button', { name: 'Ambil' }).click();
	await expect(desk.getByText('Laporan ini sekarang Anda tangani:')).toBeVisible();
	// The search for similar words may list reports of other journeys instead.
	await expect(desk.getByText(`Loket ${word}`)).toHaveCount(0);
	await other.getByRole('button', { name: 'Ambil' }).click();
	await expect(other.getByRole('alert')).toContainText('baru saja diambil');
	await expect(other.getByRole('alert')).toBeFocused();
});

test(
	'the first report is on the first screen of a phone, and fourteen are on a wide one',
	{ tag: CORE },
	async ({ browser }) => {
		const desk = await signedIn(browser, 'penangan.mamuju', { viewport: { width: 360, height: 780 } });
		await desk.goto('/desk');
		const shown = (height: number) =>
			desk
				.getByRole('row')
				.evaluateAll(
					(rows, height) =>
						rows.filter((row) => row.matches('tbody tr') && row.getBoundingClientRect().bottom <= height).length,
					height
				);
		expect(await shown(780)).toBeGreaterThan(0);
		await desk.setViewportSize({ width: 1440, height: 900 });
		expect(await shown(900)).toBeGreaterThan(13);
	}
);

test('a view is saved, moved, renamed and deleted, also without scripts', async ({ browser }) => {
	const word = ownWord();
	await openCase({ kind: 'suggestion', title: 'Kursi rusak', body: `Kursi ${word} di ruang tunggu sudah rusak.` });
	const desk = await signedIn(browser, 'penangan.mamuju');
	const name = `Kursi ${word}`;
	await desk.goto(`/desk?q=${word}&kind=suggestion`);
	await desk.getByRole('link', { name: 'Simpan tampilan ini' }).click();
	await expect(desk).toHaveURL(/\/desk\/views/);
	await openAndCheck(desk, new URL(desk.url()).pathname + new URL(desk.url()).search.replace(/&lang=\w+/, ''));
	await expect(desk.getByText(`Saran · “${word}”`)).toBeVisible();
	await desk.getByLabel('Nama tampilan').fill(name);
	await desk.getByRole('button', { name: 'Simpan', exact: true }).click();
	const link = desk.getByRole('navigation', { name: 'Tampilan tersimpan' }).getByRole('link', { name: `${name} 1` });
	await expect(link).toHaveAttribute('aria-current', 'true');
	await expect(desk.getByRole('link', { name: 'Simpan tampilan ini' })).toHaveCount(0);
	await openAndCheck(desk, '/desk', 360, 1440);

	const plain = await signedIn(browser, 'penangan.mamuju', { javaScriptEnabled: false });
	await plain.goto('/desk/views?save=1&kind=complaint');
	await plain.getByLabel('Nama tampilan').fill(name);
	await plain.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(plain.getByRole('alert')).toContainText('Nama ini sudah dipakai');
	await plain.getByLabel('Nama tampilan').fill(`Pengaduan ${word}`);
	await plain.getByRole('button', { name: 'Simpan', exact: true }).click();
	await plain.goto('/desk/views');
	const items = plain.locator('ol > li', { hasText: word });
	await items.nth(1).getByRole('button', { name: 'Naikkan' }).click();
	await expect(items.first()).toContainText(`Pengaduan ${word}`);
	await items.first().getByText('Ubah nama', { exact: true }).click();
	await items.first().getByLabel('Ubah nama').fill(`Aduan ${word}`);
	await items.first().getByRole('button', { name: 'Simpan nama' }).click();
	await expect(plain.getByRole('status')).toContainText('Nama tampilan diubah');
	await openAndCheck(desk, '/desk/views', 360, 1440);
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

test('a list is exported as shown, and the log records it', async ({ browser }) => {
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk?kind=complaint');
	const shown = await listed(desk).evaluateAll((rows) =>
		rows.map((row) => (row as HTMLAnchorElement).pathname.split('/').at(-1))
	);
	const download = await downloaded(desk, desk.getByRole('link', { name: 'Unduh Excel' }));
	expect(download.suggestedFilename()).toMatch(/^inbox-\d{4}-\d\d-\d\d\.xlsx$/);
	const book = new ExcelJS.Workbook();
	await book.xlsx.load((await readFile(await download.path())) as unknown as ExcelJS.Buffer);
	const [sheet] = book.worksheets;
	const references = (sheet?.getColumn(1).values ?? []).slice(2);
	expect(references.slice(0, shown.length)).toEqual(shown);
	for (const path of ['approvals', 'escalations', 'unrecorded', 'inbound', 'visits']) {
		await desk.goto(`/desk/${path}`);
		const file = await downloaded(desk, desk.getByRole('link', { name: 'Unduh Excel' }));
		expect(file.suggestedFilename()).toContain(path);
		await expectFits(desk, 360, 1440);
	}
	const admin = await signedIn(browser, 'administrator.mamuju');
	await openAndCheck(admin, '/admin/log?area=list');
	await expect(admin.getByText('mengunduh daftar laporan').first()).toBeVisible();
});
