import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import { withScopes } from '#lib/dev/testing/api/call-api.ts';
import { pdfPages, rawPdf } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { lastEntry, readCase, type Office, act } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { addFilesToCase, attachmentForActor, attachmentForReporter } from './files.ts';
import { inbox } from './inbox/inbox.ts';
import { writeMessage } from './conversation/message.ts';
import { writeToOffice } from './conversation/reporter-reply.ts';
import { caseByReceipt } from './find-by-receipt.ts';
import { deskCase } from './view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const file = (name: string, bytes: Buffer, type = 'application/pdf') => ({ name, type, bytes });
const filesOf = async (reference: string) =>
	db()
		.select()
		.from(attachments)
		.where(eq(attachments.caseId, (await readCase(reference)).id))
		.orderBy(attachments.name);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('the files of a citizen', () => {
	test('get numbered names, and documents are stored as pictures with their text', async () => {
		const letter = await pdfPages('Surat keterangan zwitsal', 'Halaman kedua');
		const photo = await phonePhoto('jpeg');
		for (const identity of ['none', 'withheld'] as const) {
			const reporter = identity === 'none' ? undefined : { name: 'Andi Contoh', phone: '081234567890' };
			const files = [file('Budi Santoso IMG_20261127.jpg', photo, 'image/jpeg'), file('KTP Budi Santoso.pdf', letter)];
			const opened = await makeCase(office.unit, { identity, ...(reporter ? { reporter } : {}) }, { files });
			const { caseId, ...tracked } = await caseByReceipt(opened.receipt ?? '');
			await writeToOffice(caseId, { body: 'Ini surat yang menyusul.' }, [file('Budi lagi.pdf', letter)]);
			const kept = await filesOf(opened.reference);
			expect(kept.map(({ name }) => name)).toEqual(['Dokumen 2.pdf', 'Dokumen 3.pdf', 'Foto 1.jpg']);
			expect(JSON.stringify([kept, await deskCase(office.handler, opened.reference)])).not.toContain('Budi');
			expect(kept[0]?.text).toBe('Surat keterangan zwitsal\n\nHalaman kedua');
			const bytes = (await fileStore().read(kept[0]?.id ?? '')) ?? Buffer.alloc(0);
			expect([bytes.includes('zwitsal'), sha256(bytes) === sha256(letter)]).toEqual([false, false]);

			expect((await lastEntry(opened.reference, 'opened'))?.data).toMatchObject({ originals: [sha256(letter)] });
			expect((await lastEntry(opened.reference, 'message'))?.data).toMatchObject({ originals: [sha256(letter)] });
			const text = await attachmentForReporter({ caseId, ...tracked }, kept[0]?.id ?? '', 'text');
			expect([text.mediaType, String(text.bytes)]).toEqual(['text/plain', kept[0]?.text]);
		}
	});

	test('give NotFound for their text if the actor may not see them or they have none', async () => {
		const files = [
			file('surat.pdf', await pdfPages('Rahasia kantor')),
			file('a.jpg', await phonePhoto('jpeg'), 'image/jpeg')
		];
		const { reference } = await makeCase(office.unit, {}, { files });
		const [document, photo] = await filesOf(reference);
		expect(String((await attachmentForActor(office.handler, document?.id ?? '', 'text')).bytes)).toBe('Rahasia kantor');
		const stranger = await makeActor([[(await makeUnit()).id, 'handler']]);
		await expect(attachmentForActor(stranger, document?.id ?? '', 'text')).rejects.toThrow(NotFound);
		await expect(attachmentForActor(office.handler, photo?.id ?? '', 'text')).rejects.toThrow(NotFound);
	});

	test('are searchable by the text of a document for people who may see the case', async () => {
		const found = async (actor: Office['handler'], q: string) => (await inbox(actor, { q })).items.length;
		const { reference } = await makeCase(office.unit);
		const restricted = await makeCase(office.unit, { category: 'integrity' });
		expect(await found(office.handler, 'kwitansi')).toBe(0);
		const sent = [file('a.pdf', await pdfPages('Kwitansi kuningan'))];
		const intake = withScopes(office.rootSupervisor, 'cases:read', 'cases:write');
		await addFilesToCase(withScopes(office.handler, 'cases:handle'), reference, sent);
		await addFilesToCase(intake, restricted.reference, sent);
		expect(await found(office.handler, 'kwitansi kuningan')).toBe(1);
		expect(await found(office.rootSupervisor, 'kuningan')).toBe(2);
		await db()
			.delete(attachments)
			.where(eq(attachments.caseId, (await readCase(reference)).id));
		expect(await found(office.handler, 'kuningan')).toBe(0);
	});

	test('that cannot be drawn refuse the report with the reason and the cleaned name', async () => {
		const broken = rawPdf('<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[]/Count 0>>');
		const files = [file('map/rusak\u202E.pdf', broken)];
		await expect(makeCase(office.unit, {}, { files })).rejects.toMatchObject({
			issues: [{ path: 'file', code: 'file_pdf_broken', params: { name: 'rusak.pdf' } }]
		});
	});
});

test('a document from staff keeps its bytes and its name', async () => {
	const signed = Buffer.concat([await pdfPages('Surat bertanda tangan elektronik'), Buffer.from('% BSrE\n')]);
	const { reference } = await makeCase(office.unit);
	const message = { body: 'Terima kasih, suratnya kami lampirkan.', public: true };
	await act(writeMessage, office.handler, reference, message, { files: [file('Surat B-12.pdf', signed)] });
	const [kept] = await filesOf(reference);
	expect(kept).toMatchObject({ name: 'Surat B-12.pdf', public: true, text: null, forwardBytes: null });
	expect((await attachmentForActor(office.handler, kept?.id ?? '')).bytes.equals(signed)).toBe(true);
});
