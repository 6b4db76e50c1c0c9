import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test, type Page, type TestInfo } from './support/test.ts';
import { getDocumentProxy } from 'unpdf';
import { running } from './support/journey.ts';
import { signedIn, visit } from './support/pages.ts';
import { api } from './support/site.ts';

const run = promisify(execFile);
const BODY = 'Pegangan tangga menuju lantai dua goyah dan hampir lepas.';
const QUESTION = 'Di sisi kiri atau kanan pegangan itu goyah?';
const NOTE = 'Tukang sudah dihubungi dan datang besok pagi.';

/** A complaint with words of three kinds: the reporter's, a question to them and a note of the office. */
async function discussed(): Promise<string> {
	const { origin } = running();
	const sent = { unit: 'mamuju', kind: 'complaint', body: BODY, identity: 'none', submission_id: randomUUID() };
	const { body: opened } = await api(origin, '/cases', { body: sent });
	const reference = String(opened.reference);
	for (const [step, input] of [
		['verification', { category: 'facilities', class: 'plain' }],
		['messages', { body: QUESTION, public: true }],
		['messages', { body: NOTE, public: false }]
	] as const) {
		const { body: shown } = await api(origin, `/cases/${reference}`);
		const { status } = await api(origin, `/cases/${reference}/${step}`, { body: { ...input, version: shown.version } });
		expect(status, step).toBeLessThan(300);
	}
	return reference;
}

/** What a printer gets on A4, its pages counted; its words where the machine has a reader for them. */
async function printed(page: Page, info: TestInfo): Promise<{ pages: number; words: string | undefined }> {
	const path = info.outputPath('case.pdf');
	const bytes = await page.pdf({ format: 'A4', preferCSSPageSize: true });
	writeFileSync(path, bytes);
	const pdf = await getDocumentProxy(new Uint8Array(bytes));
	try {
		return { pages: pdf.numPages, words: (await run('pdftotext', ['-layout', path, '-'])).stdout };
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
		return { pages: pdf.numPages, words: undefined };
	}
}

async function expectOnlyPaper(page: Page): Promise<void> {
	await expect(page.locator('nav:visible, form:visible, button:visible, .button:visible')).toHaveCount(0);
	await expect(page.locator('main').getByText(BODY).last()).toBeVisible();
}

test('the page of a report goes onto paper whole, without what only a screen can do', async ({ browser }, info) => {
	test.setTimeout(180_000);
	const reference = await discussed();
	const page = await signedIn(browser, 'pengelola.mamuju');
	for (const width of [1440, 360]) {
		await page.setViewportSize({ width, height: 900 });
		await visit(page, `/desk/cases/${reference}`);
	}
	await page.setViewportSize({ width: 1440, height: 900 });
	await expect(page.getByRole('navigation', { name: 'Tindakan' })).toBeVisible();

	await page.emulateMedia({ media: 'print' });
	await expectOnlyPaper(page);
	const main = page.locator('main');
	await expect(main.getByRole('heading', { level: 1 })).toBeVisible();
	for (const part of ['Percakapan', 'Batas waktu', 'Data laporan', 'Pelapor', 'Riwayat'])
		await expect(main.getByRole('heading', { name: part, exact: true })).toBeVisible();
	for (const said of [QUESTION, NOTE]) await expect(main.getByText(said)).toBeVisible();
	await expect(main.getByText(reference, { exact: true })).toBeVisible();
	await expect(main.locator('#history').getByText('Laporan diverifikasi')).toBeVisible();
	// What is folded on the screen is read on paper: nobody can open it there.
	const kept = page.locator('#clocks details:not([open]) li');
	await expect(kept.filter({ hasText: 'Pemeriksaan awal' })).toBeVisible();
	await expect(page.locator('#similar, #related')).toBeHidden();

	const { pages, words } = await printed(page, info);
	expect(pages).toBeLessThanOrEqual(4);
	if (words !== undefined) {
		// How wide a gap is stands in no PDF: without them.
		const bare = (text: string) => text.replace(/\s/g, '');
		for (const part of [BODY, QUESTION, NOTE, reference, 'Pemeriksaan awal', 'Riwayat', `1/${pages}`])
			expect(bare(words)).toContain(bare(part));
		for (const part of ['Tulis pesan', 'Tombol pintas', 'Keluar', 'Kotak masuk'])
			expect(bare(words)).not.toContain(bare(part));
	}

	// An open verb stays off the paper as well.
	await page.goto(`${running().origin}/desk/cases/${reference}/answer`);
	await expectOnlyPaper(page);
	await page.emulateMedia({ media: null });
	await expect(page.locator('#verb-title')).toBeVisible();
	await page.context().close();
});
