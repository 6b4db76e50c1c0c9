import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { sealedDossier } from '#lib/server/cases/sealed-dossier.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { pdfPages, wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { story } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { sealedPrint } from './dossier-pdf.ts';

const office = useOffice();

async function integrityCase(): Promise<string> {
	const pdf = (name: string, bytes: Uint8Array) => ({ name, type: 'application/pdf', bytes });
	const photo = new Uint8Array(await fourColourImage().jpeg().toBuffer());
	const files = [
		pdf('surat.pdf', await pdfPages('Bukti pertama', 'Bukti kedua')),
		{ name: 'loket.jpg', type: 'image/jpeg', bytes: photo },
		pdf('kuitansi.pdf', await pdfPages('Kuitansi tanpa nomor'))
	];
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	return (await makeCase(office.unit, { category: 'integrity', identity: 'named', reporter }, { files })).reference;
}

const print = async (reference: string, limit?: number) =>
	wordsOfPages((await sealedPrint(office.rootSupervisor, reference, 'id', limit)).bytes);

test('the dossier contains every file: photos on a page, documents with all pages after a sheet with their name', async () => {
	const reference = await integrityCase();
	const dossier = await sealedDossier(office.rootSupervisor, reference);
	const pages = await print(reference);
	const list = pages.find((page) => page.includes('Dalam cetakan ini'))?.replaceAll(' ', '') ?? '';
	expect(dossier.files).toHaveLength(3);
	for (const { name, sha256 } of dossier.files) {
		expect(list).toContain(name.replaceAll(' ', ''));
		expect(list).toContain(sha256);
	}
	const sheet = (name: string) => pages.findIndex((page) => page.includes(name));
	// After a document's sheet come its pages as pictures. Their only text is the footer.
	const [first, photo, third] = [sheet('Dokumen 1.pdf'), sheet('Foto 2.jpg'), sheet('Dokumen 3.pdf')];
	expect([photo, third, pages.length]).toEqual([first + 3, first + 4, first + 7]);
	expect(pages.slice(first + 1, first + 3).every((page) => page.startsWith('RAHASIA'))).toBe(true);
	expect((await story(reference)).at(-1)).toBe('sealed_print');
});

test('a report whose processing is restricted is not printed', async () => {
	const reference = await integrityCase();
	await db().update(cases).set({ processingRestrictedAt: now() }).where(eq(cases.reference, reference));
	await expect(print(reference)).rejects.toMatchObject({ present: { reason: 'processing_restricted' } });
	expect(await story(reference)).not.toContain('sealed_print');
});

test('a file that cannot be printed is listed as missing', async () => {
	const reference = await integrityCase();
	const { files } = await sealedDossier(office.rootSupervisor, reference);
	for (const { id, mediaType } of files) {
		if (mediaType === 'image/jpeg') await fileStore().remove(id);
		else await fileStore().put(id, Buffer.from('%PDF-1.7 nothing more'));
	}
	const pages = await print(reference);
	expect(pages.join(' ').match(/Tidak termuat; mintalah kepada kantor pengirim/g)).toHaveLength(3);
	for (const { name } of files) expect(pages.join(' ')).toContain(name);
});

test('files above the limit are not read; the list says to print them separately', async () => {
	const reference = await integrityCase();
	const { files } = await sealedDossier(office.rootSupervisor, reference);
	const photo = files.find(({ mediaType }) => mediaType === 'image/jpeg')?.bytes ?? 0;
	expect(files.filter(({ bytes }) => bytes > photo)).toHaveLength(2);
	const pages = await print(reference, photo);
	expect(pages.join(' ').match(/cetak terpisah dari halaman laporan/g)).toHaveLength(2);
	expect(pages.filter((page) => page.includes('Foto 2.jpg'))).toHaveLength(2);
	for (const { name } of files) expect(pages.at(-1)?.replaceAll(' ', '')).toContain(name.replaceAll(' ', ''));
});

test('a print that could not be made is not recorded', async () => {
	const reference = await integrityCase();
	const { files } = await sealedDossier(office.rootSupervisor, reference);
	for (const { id, mediaType } of files) if (mediaType === 'image/jpeg') await fileStore().put(id, Buffer.from('no'));
	await expect(print(reference)).rejects.toThrow();
	expect(await story(reference)).not.toContain('sealed_print');
});
