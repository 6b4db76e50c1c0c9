import { readFileSync } from 'node:fs';
import { expect, test } from './support/test.ts';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { pdfPages } from '../src/lib/dev/testing/documents.ts';
import { running } from './support/journey.ts';
import { expectAccessible, phoneWithoutScripts, signedIn } from './support/pages.ts';

const BODY = 'Pegawai loket tidak mau menerima berkas saya, suratnya saya lampirkan di sini.';

test('a nameless citizen sends a PDF: a broken one comes back with all that was typed, a good one as pictures', async ({
	browser
}) => {
	const { origin } = running();
	const phone = await phoneWithoutScripts(browser);
	const page = await phone.newPage();
	await page.goto(`${origin}/mamuju/pengaduan`);
	await page.locator('[name=body]').fill(BODY);
	await page.locator('[name=category]').selectOption('facilities');
	await page.locator('[name=identity][value=none]').check({ force: true });
	const letter = await pdfPages('Surat bernomor 77 tentang kwitansi merahjambu', 'Halaman kedua');
	const send = async (name: string, buffer: Buffer) => {
		await page.setInputFiles('[name=file]', { name, mimeType: 'application/pdf', buffer });
		await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	};
	await send('KTP Budi.pdf', letter.subarray(0, letter.length - 60));
	await expect(page.locator('#file-error')).toContainText('PDF "KTP Budi.pdf" rusak atau tidak lengkap');
	await expect(page.locator('[name=body]')).toHaveValue(BODY);
	await expect(page.locator('[name=identity][value=none]')).toBeChecked();
	await send('KTP Budi.pdf', letter);
	await expect(page).toHaveURL(`${origin}/terima`);
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await page.locator('#reference').innerText()).trim();

	await page.goto(`${origin}/lacak`);
	await page.locator('[name=receipt]').fill(receipt);
	await page.locator('form[method=POST] button').first().click();
	await expect(page).toHaveURL(/\/lacak\/laporan$/);
	await expect(page.getByText(/SHA-256 PDF asli: [0-9a-f]{64}/)).toBeVisible();
	const waiting = page.waitForEvent('download');
	await page.getByRole('link', { name: /^Dokumen 1\.pdf/ }).click();
	const download = await waiting;
	expect(download.suggestedFilename()).toBe('Dokumen 1.pdf');
	const kept = await getDocumentProxy(new Uint8Array(readFileSync(await download.path())));
	expect([kept.numPages, (await extractText(kept)).text.join('')]).toEqual([2, '']);
	expect((await getMeta(kept)).metadata).toEqual({});
	await page.getByRole('link', { name: 'Baca teks Dokumen 1.pdf' }).click();
	await expect(page.getByText('merahjambu')).toBeVisible();
	await phone.close();

	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${origin}/desk?q=merahjambu`);
	await expect(desk.getByText(reference).first()).toBeVisible();
	await desk.goto(`${origin}/desk/cases/${reference}`);
	await expect(desk.getByRole('link', { name: 'Dokumen 1.pdf', exact: true })).toBeVisible();
	await expect(desk.getByText('Budi')).toHaveCount(0);
	await expectAccessible(desk);
});
