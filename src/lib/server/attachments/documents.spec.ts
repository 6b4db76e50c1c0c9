import { deflateSync } from 'node:zlib';
import exifr from 'exifr';
import {
	decodePDFRawStream,
	PDFArray,
	PDFDict,
	PDFDocument,
	PDFHexString,
	PDFName,
	PDFRawStream,
	PDFString
} from 'pdf-lib';
import PdfKit from 'pdfkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cleanFile } from '#lib/server/attachments/check.ts';
import { cleanPdf } from '#lib/server/attachments/documents.ts';
import { MARKS, phonePhoto, withIptcAndComment } from '#lib/server/testing/photos.ts';

const AUTHOR = 'MARK-PDF-AUTHOR';
const XMP = 'MARK-PDF-XMP';
const SCRIPT = 'MARK-PDF-SCRIPT';
const ATTACHED = 'MARK-PDF-ATTACHED';
const EARLIER = 'MARK-PDF-EARLIER';

/** A PDF as an office program makes it: a photo from a phone, info, XMP, and all that may act. */
async function busyPdf(): Promise<Buffer> {
	const pdf = await PDFDocument.create();
	const { context, catalog } = pdf;
	const page = pdf.addPage([300, 400]);
	page.drawText('Surat pengaduan', { x: 40, y: 340 });
	page.drawImage(await pdf.embedJpg(Uint8Array.from(withIptcAndComment(await phonePhoto('jpeg')))), {
		x: 40,
		y: 40,
		width: 200,
		height: 133
	});
	pdf.setAuthor(AUTHOR);
	pdf.setProducer(AUTHOR);
	const xmp = context.stream(`<?xpacket begin=""?><dc:creator>${XMP}</dc:creator><?xpacket end="w"?>`, {
		Type: 'Metadata',
		Subtype: 'XML'
	});
	catalog.set(PDFName.of('Metadata'), context.register(xmp));
	page.node.set(PDFName.of('Metadata'), context.register(xmp));
	page.node.set(PDFName.of('PieceInfo'), context.obj({ App: { Private: PDFString.of(AUTHOR) } }));
	pdf.addJavaScript('mulai', `app.alert("${SCRIPT}")`);
	catalog.set(PDFName.of('OpenAction'), context.obj({ S: 'JavaScript', JS: PDFString.of(SCRIPT) }));
	page.node.set(PDFName.of('AA'), context.obj({ O: { S: 'JavaScript', JS: PDFString.of(SCRIPT) } }));
	await pdf.attach(Buffer.from(ATTACHED), 'rahasia.txt', { mimeType: 'text/plain' });
	const link = (action: Record<string, string | PDFString>) =>
		context.register(
			context.obj({
				Type: 'Annot',
				Subtype: 'Link',
				Rect: [0, 0, 9, 9],
				A: context.obj(action),
				T: PDFHexString.fromText(AUTHOR)
			})
		);
	const file = context.register(context.flateStream(ATTACHED));
	const pinned = context.obj({ Type: 'Annot', Subtype: 'FileAttachment', Rect: [0, 0, 9, 9], FS: { EF: { F: file } } });
	page.node.set(
		PDFName.of('Annots'),
		context.obj([
			link({ S: 'URI', URI: PDFString.of('https://mamujukab.bps.go.id') }),
			link({ S: 'URI', URI: PDFString.of(`javascript:${SCRIPT}`) }),
			link({ S: 'Launch', F: PDFString.of(SCRIPT) }),
			context.register(pinned)
		])
	);
	context.register(context.flateStream(EARLIER));
	return Buffer.from(await pdf.save({ useObjectStreams: false }));
}

async function cleaned(bytes: Uint8Array): Promise<Buffer> {
	const result = await cleanPdf(bytes);
	if (!('ok' in result)) throw new Error(`refused: ${result.problem}`);
	return result.ok;
}

/** All that a reader of the file could come upon: the bytes, every object and every stream unpacked. */
async function everything(bytes: Buffer): Promise<string> {
	const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
	const parts = [bytes.toString('latin1')];
	for (const [, object] of pdf.context.enumerateIndirectObjects()) {
		parts.push(object.toString());
		if (object instanceof PDFRawStream) {
			const photo = object.dict.toString().includes('DCTDecode');
			parts.push(Buffer.from(photo ? object.contents : decodePDFRawStream(object).decode()).toString('latin1'));
		}
	}
	return parts.join('\n');
}

const photosIn = (pdf: PDFDocument) =>
	pdf.context
		.enumerateIndirectObjects()
		.flatMap(([, object]) =>
			object instanceof PDFRawStream && object.dict.toString().includes('DCTDecode') ? [object.contents] : []
		);

describe('a PDF', () => {
	it('loses author, XMP, scripts, attached files and what no page uses', async () => {
		const original = await busyPdf();
		const before = await everything(original);
		for (const mark of [AUTHOR, SCRIPT, XMP, ATTACHED, EARLIER, MARKS.exif, MARKS.iptc]) expect(before).toContain(mark);
		const after = await everything(await cleaned(original));
		for (const mark of [AUTHOR, SCRIPT, XMP, ATTACHED, EARLIER, ...Object.values(MARKS).slice(0, -1), 'rahasia.txt']) {
			expect(after, mark).not.toContain(mark);
		}
		for (const word of ['/JavaScript', '/Launch', '/EmbeddedFile', '/Metadata', '/Info', '/AA', '/OpenAction', '/ID']) {
			expect(after, word).not.toContain(word);
		}
	});

	it('keeps its pages, their text and links to the web', async () => {
		const pdf = await PDFDocument.load(await cleaned(await busyPdf()), { updateMetadata: false });
		expect(pdf.getPageCount()).toBe(1);
		expect(pdf.getPage(0).getSize()).toEqual({ width: 300, height: 400 });
		const links = pdf.getPage(0).node.lookup(PDFName.of('Annots'), PDFArray);
		expect(links.asArray().map((ref) => pdf.context.lookup(ref, PDFDict).has(PDFName.of('A')))).toEqual([
			true,
			false,
			false
		]);
		expect(await everything(await cleaned(await busyPdf()))).toContain(
			Buffer.from('Surat pengaduan').toString('hex').toUpperCase()
		);
	});

	it('keeps the pixels of its photos and none of their metadata', async () => {
		const original = await busyPdf();
		const [before] = photosIn(await PDFDocument.load(original));
		const [after] = photosIn(await PDFDocument.load(await cleaned(original)));
		expect((await exifr.gps(Buffer.from(before ?? [])))?.latitude).toBeCloseTo(-2.675, 3);
		expect(
			await exifr.parse(Buffer.from(after ?? []), { tiff: true, xmp: true, iptc: true, icc: true, jfif: false })
		).toBeUndefined();
		const pixels = (photo: Uint8Array | undefined) => sharp(photo, { ignoreIcc: true }).raw().toBuffer();
		expect((await pixels(after)).equals(await pixels(before))).toBe(true);
	});

	it('with a photo packed once more is followed into it', async () => {
		const pdf = await PDFDocument.create();
		const photo = await phonePhoto('jpeg');
		const stream = PDFRawStream.of(
			pdf.context.obj({ Type: 'XObject', Subtype: 'Image', Filter: ['FlateDecode', 'DCTDecode'] }),
			deflateSync(photo)
		);
		pdf.addPage().node.setXObject(PDFName.of('Foto'), pdf.context.register(stream));
		const [kept] = photosIn(await PDFDocument.load(await cleaned(await pdf.save())));
		expect(Buffer.from(kept ?? []).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
		expect(await exifr.gps(Buffer.from(kept ?? []))).toBeUndefined();
	});

	it('with metadata where it cannot be taken out is refused', async () => {
		const pdf = await PDFDocument.create();
		const contents = pdf.context.flateStream(Buffer.from(`q BI /F /DCT ID Exif\0\0${MARKS.exif} EI Q`));
		pdf.addPage().node.set(PDFName.of('Contents'), pdf.context.register(contents));
		expect(await cleanPdf(await pdf.save())).toEqual({ problem: 'pdf_metadata' });
	});

	it('made by another program passes too, and twice cleaned is cleaned', async () => {
		const doc = new PdfKit({ info: { Author: AUTHOR }, compress: true });
		const chunks: Buffer[] = [];
		doc.on('data', (chunk: Buffer) => chunks.push(chunk));
		doc.fontSize(20).text('Halo').addPage().text('Dua').end();
		await new Promise((resolve) => doc.on('end', resolve));
		const once = await cleaned(Buffer.concat(chunks));
		const twice = await cleaned(once);
		expect(await everything(once)).not.toContain(AUTHOR);
		expect((await PDFDocument.load(twice)).getPageCount()).toBe(2);
	});

	it('that is encrypted, broken, empty or too large is refused with the reason', async () => {
		const locked = new PdfKit({ userPassword: 'rahasia' });
		const chunks: Buffer[] = [];
		locked.on('data', (chunk: Buffer) => chunks.push(chunk));
		locked.text('Halo').end();
		await new Promise((resolve) => locked.on('end', resolve));
		expect(await cleanPdf(Buffer.concat(chunks))).toEqual({ problem: 'pdf_encrypted' });
		const stream = '1 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >> stream\nxyz\nendstream endobj';
		expect(await cleanPdf(Buffer.from(`%PDF-1.7\n${stream}\ntrailer << /Root 1 0 R /Encrypt 9 0 R >>\n%%EOF`))).toEqual(
			{
				problem: 'pdf_encrypted'
			}
		);
		expect(await cleanPdf(Buffer.from('%PDF-1.7\nbukan apa-apa\n%%EOF'))).toEqual({ problem: 'undecodable' });
		expect(await cleanPdf((await busyPdf()).subarray(0, 1500))).toEqual({ problem: 'undecodable' });
		const none = await PDFDocument.create();
		expect(await cleanPdf(await none.save({ addDefaultPage: false }))).toEqual({ problem: 'undecodable' });
		expect(await cleanPdf(Buffer.alloc(2 * 1024 * 1024 + 1))).toEqual({ problem: 'too_large' });
	});

	it('that would unpack into gigabytes is refused quickly', async () => {
		const bomb = deflateSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
		const file = Buffer.concat([
			Buffer.from(
				`%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${bomb.length} >>\nstream\n`
			),
			bomb,
			Buffer.from('\nendstream\nendobj\n%%EOF')
		]);
		const started = performance.now();
		expect(await cleanPdf(file)).toEqual({ problem: 'undecodable' });
		expect(performance.now() - started).toBeLessThan(3000);
		const twofold = file.toString('latin1').replace('/FlateDecode', '[/FlateDecode /Flate#44ecode]');
		expect(await cleanPdf(Buffer.from(twofold, 'latin1'))).toEqual({ problem: 'undecodable' });
	});

	it('is taken under its own name, and not at all where none is offered', async () => {
		const bytes = await busyPdf();
		expect(await cleanFile({ name: 'Surat.PDF', bytes, declaredType: 'application/pdf' })).toMatchObject({
			ok: { mediaType: 'application/pdf', extension: 'pdf', displayName: 'Surat.pdf' }
		});
		expect(await cleanFile({ name: 'surat.jpg', bytes, declaredType: '' })).toEqual({
			problem: 'name_mismatch',
			params: { name: 'surat.jpg', found: 'PDF' }
		});
		expect(await cleanFile({ name: 'surat.pdf', bytes, declaredType: '' }, { pdf: false })).toEqual({
			problem: 'pdf_not_offered',
			params: { name: 'surat.pdf' }
		});
	});
});
