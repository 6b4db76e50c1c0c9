import { readFile } from 'node:fs/promises';
import { pdfPages } from '../src/lib/dev/testing/documents.ts';
import {
	downloaded,
	expectAccessible,
	fillReport,
	openAtDesk,
	phoneWithoutScripts,
	readReceipt,
	signedIn,
	track
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test } from './support/test.ts';

const BODY = 'Pegawai loket tidak mau menerima berkas saya, suratnya saya lampirkan di sini.';

test('a broken PDF is refused and typed text stays; a good one is stored as pictures', async ({ browser }) => {
	const page = await phoneWithoutScripts(browser);
	await page.goto('/q/MMJKTK');
	await page.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	// Without scripts all steps stand one below the other.
	await expect(page.locator('.guided h2')).toHaveText(
		['1. Cerita Anda', '2. Foto atau dokumen', '3. Nama Anda', '4. Periksa dan kirim'],
		{ useInnerText: true }
	);
	await expect(page.getByRole('link', { name: 'Lanjut' })).toHaveCount(0);
	await fillReport(page, BODY, 'none', { category: 'facilities' });
	const pdfBytes = await pdfPages('Surat bernomor 77 tentang kwitansi merahjambu', 'Halaman kedua');
	const send = async (name: string, buffer: Buffer) => {
		await page.setInputFiles('[name=file]', { name, mimeType: 'application/pdf', buffer });
		await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	};
	await send('KTP Budi.pdf', pdfBytes.subarray(0, pdfBytes.length - 60));
	await expect(page.locator('#file-error')).toContainText('PDF “KTP Budi.pdf” rusak atau tidak lengkap');
	await expect(page.locator('[name=body]')).toHaveValue(BODY);
	await expect(page.locator('[name=identity][value=none]')).toBeChecked();
	await send('KTP Budi.pdf', pdfBytes);
	const { reference, receipt } = await readReceipt(page);

	await track(page, receipt.toLowerCase());
	expect(page.url()).not.toContain(receipt.slice(0, 4));
	await expect(page.getByText(/Kode bukti PDF asli \(SHA-256\): [0-9a-f]{64}/)).toBeVisible();
	const download = await downloaded(page, page.getByRole('link', { name: /^Dokumen 1\.pdf/ }));
	expect(download.suggestedFilename()).toBe('Dokumen 1.pdf');
	expect(await readPdf(await readFile(await download.path()))).toEqual({ pages: 2, text: '', metadata: {} });
	await page.getByRole('link', { name: 'Baca teks Dokumen 1.pdf' }).click();
	await expect(page.getByText('merahjambu')).toBeVisible();

	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/desk?q=merahjambu');
	await expect(desk.getByText(reference).first()).toBeVisible();
	await openAtDesk(desk, reference);
	await expect(desk.getByRole('link', { name: 'Dokumen 1.pdf', exact: true })).toBeVisible();
	await expect(desk.getByText('Budi')).toHaveCount(0);
	await expectAccessible(desk);
});
