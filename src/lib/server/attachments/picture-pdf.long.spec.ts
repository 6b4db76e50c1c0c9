import { randomBytes } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import exifr from 'exifr';
import sharp from 'sharp';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { cleanFile } from './check.ts';
import { eachPdfPage, PdfRefused } from './pdf-pages.ts';
import { FORWARD_BYTES } from './picture-and-pdf-limits.ts';
import { forwardCopy, pagePictures, picturePdf } from './picture-pdf.ts';
import { pdfOf, pdfPages, rawPdf } from '#lib/dev/testing/documents.ts';
import { MARKS, phonePhoto, withIptcAndComment } from '#lib/dev/testing/photos.ts';

const AUTHOR = 'MARK-PDF-AUTHOR';
const SCRIPT = 'MARK-PDF-SCRIPT';
const ATTACHED = 'MARK-PDF-ATTACHED';
const HIDDEN = [
	AUTHOR,
	SCRIPT,
	ATTACHED,
	'rahasia.txt',
	'Exif',
	'Photoshop',
	'/Metadata',
	'/JS',
	MARKS.exif,
	MARKS.iptc
];
const LINE = { lineBreak: false };
const PAGES = '<</Type/Catalog/Pages 2 0 R>>';
const page = (more = '') => `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]${more}>>`;
const ONE_PAGE = '<</Type/Pages/Kids[3 0 R]/Count 1>>';

/** A PDF as made by an office program, with info, XMP, a photo from a phone, an attached file and a script. */
async function busyPdf(): Promise<Buffer> {
	const photo = withIptcAndComment(await phonePhoto('jpeg'));
	return pdfOf(
		(pdf) => {
			pdf.addPage().text('Surat pengaduan');
			pdf.image(photo, 40, 100, { width: 200 });
			pdf.addNamedJavaScript('mulai', `app.alert("${SCRIPT}")`);
			pdf.file(Buffer.from(ATTACHED), { name: 'rahasia.txt' });
			pdf.addPage({ size: [400, 300] }).text('Halaman kedua');
		},
		{ pdfVersion: '1.7', info: { Author: AUTHOR, Creator: AUTHOR, Producer: AUTHOR } }
	);
}

async function pictured(bytes: Uint8Array) {
	const result = await picturePdf(bytes);
	if (!('ok' in result)) throw new Error(`refused: ${result.problem}`);
	return result.ok;
}

const problem = async (bytes: Uint8Array) => {
	const result = await picturePdf(bytes);
	return 'ok' in result ? 'taken' : result.problem;
};

describe('a PDF of a citizen', () => {
	it('becomes pictures of its pages in their size, without anything else', async () => {
		const original = await busyPdf();
		const before = uncompressed(original);
		expect(HIDDEN.filter((mark) => !before.includes(mark))).toEqual([]);
		const { bytes } = await pictured(original);
		const pdf = await getDocumentProxy(new Uint8Array(bytes));
		expect(pdf.numPages).toBe(2);
		expect([(await pdf.getPage(1)).view, (await pdf.getPage(2)).view]).toEqual([
			[0, 0, 300, 400],
			[0, 0, 400, 300]
		]);
		expect((await extractText(pdf)).text.join('')).toBe('');
		const { info, metadata } = await getMeta(pdf);
		const identifyingKeys = Object.keys(info).filter((key) => /author|creator|producer|date|title/i.test(key));
		expect([identifyingKeys, metadata]).toEqual([[], {}]);
		const all = uncompressed(bytes);
		expect(HIDDEN.filter((mark) => all.includes(mark))).toEqual([]);
		expect((await pictured(original)).bytes.equals(bytes)).toBe(true);
	});

	it('looks the same as before', async () => {
		const bytes = await pdfOf((pdf) => {
			pdf.addPage().rect(0, 0, 150, 200).fill('#ff0000').rect(150, 200, 150, 200).fill('#0000ff');
		});
		const read = await pagePictures((await pictured(bytes)).bytes);
		if (!('pages' in read)) throw new Error(read.problem);
		const [picture] = read.pages;
		expect(picture?.points).toEqual({ width: 300, height: 400 });
		const image = sharp(picture?.jpeg);
		expect(await image.metadata()).toMatchObject({ width: 625, height: 833 });
		const everything = { tiff: true, xmp: true, iptc: true, icc: true, jfif: false };
		expect(await exifr.parse(picture?.jpeg ?? Buffer.alloc(0), everything)).toBeUndefined();
		const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
		const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
		const near = (colour: number[]) => colour.map((value) => (value > 200 ? 255 : value < 50 ? 0 : value));
		expect([at(100, 100), at(500, 100), at(500, 700)].map(near)).toEqual([
			[255, 0, 0],
			[255, 255, 255],
			[0, 0, 255]
		]);
	});

	it('keeps visible text, and no text that is blacked out or invisible', async () => {
		const bytes = await pdfOf((pdf) => {
			pdf.addPage().fontSize(12).fillColor('#000').text('Antrean tidak bergerak', 40, 40);
			pdf.text('Budi Santoso Rahasia', 40, 80).rect(36, 76, 220, 20).fill('#000');
			pdf.fillColor('#fff').text('Putih di atas putih', 40, 120);
			pdf.fillColor('#777').text('Kelabu dan ill-iI1|.', 40, 160);
		});
		expect((await pictured(bytes)).text).toBe('Antrean tidak bergerak\n\nKelabu dan ill-iI1|.');
	});

	it('keeps no text that a label, a mosaic or a pattern covers', async () => {
		const pixels = Buffer.from(Array.from({ length: 40 * 4 * 3 }, (_, at) => (Math.floor(at / 3) * 89) % 256));
		const mosaic = await sharp(pixels, { raw: { width: 40, height: 4, channels: 3 } })
			.png()
			.toBuffer();
		const name = (pdf: PDFKit.PDFDocument, y: number) => pdf.fillColor('#000').text('Budi Rahasia', 40, y, LINE);
		const bytes = await pdfOf((pdf) => {
			pdf.addPage().fontSize(12);
			name(pdf, 40).rect(36, 36, 220, 20).fill('#000');
			pdf.fillColor('#fff').text('DISENSOR DISENSOR', 42, 41, LINE);
			name(pdf, 80).image(mosaic, 36, 76, { width: 220, height: 20 });
			name(pdf, 120).rect(36, 116, 220, 20).fill('#33c');
			for (let x = 37; x < 250; x += 9) pdf.rect(x, 116, 4, 20).fill('#f00');
			pdf.fillColor('#000').text('Terbaca', 40, 160, LINE).fontSize(60).fillColor('#ccc').text('SALINAN', 4, 140, LINE);
		});
		const { text } = await pictured(bytes);
		expect(text?.match(/\p{L}+/gu)).toEqual(['DISENSOR', 'DISENSOR', 'SALINAN', 'Terbaca']);
	});

	it('has no text if it is a scan', async () => {
		const photo = await phonePhoto('jpeg');
		const scan = await pdfOf((pdf) => void pdf.addPage().image(photo, 0, 0, { width: 300 }));
		expect((await pictured(scan)).text).toBeNull();
	});

	it('is refused over 20 pages or 8 MB, with its size in the message', async () => {
		const pages = (count: number) => pdfPages(...Array.from({ length: count }, (_, at) => `Halaman ${at + 1}`));
		const named = (bytes: Uint8Array) => cleanFile({ name: 'buku.pdf', bytes, type: 'application/pdf' });
		expect(await problem(await pages(20))).toBe('taken');
		const params = { name: 'buku.pdf', pages: 21, limitPages: 20 };
		expect(await named(await pages(21))).toEqual({ problem: 'pdf_too_many_pages', params });
		for (const megabytes of [8, 10]) {
			const heavy = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(megabytes * 1024 * 1024)]);
			expect(await named(heavy)).toEqual({ problem: 'too_large', params: { name: 'buku.pdf', limitMegabytes: 8 } });
		}
	});

	it('is refused if it is encrypted, truncated or broken', async () => {
		const locked = await pdfOf((pdf) => void pdf.addPage().text('Terkunci'), { userPassword: 'kunci' });
		expect(await problem(locked)).toBe('pdf_encrypted');
		const owned = await pdfOf((pdf) => void pdf.addPage().text('Boleh dibaca'), { ownerPassword: 'kantor' });
		expect((await pictured(owned)).text).toBe('Boleh dibaca');
		const complete = await pdfPages('Satu', 'Dua');
		expect(await problem(complete.subarray(0, complete.length - 40))).toBe('pdf_broken');
		expect(await problem(Buffer.from('%PDF-1.7\nnothing more\n%%EOF'))).toBe('pdf_broken');
		expect(await problem(rawPdf(PAGES, '<</Type/Pages/Kids[]/Count 0>>'))).toBe('pdf_broken');
		// A page that the tree counts but doesn't contain makes the file broken. It is not left out silently.
		expect(await problem(rawPdf(PAGES, '<</Type/Pages/Kids[3 0 R]/Count 2>>', page()))).toBe('pdf_broken');
	});
});

describe('the copy for LAPOR', () => {
	/** Pages of random pixels, which JPEG can't compress well. */
	const coloured = async (pages: number) => {
		const raw = { width: 300, height: 300, channels: 3 } as const;
		const noise = () => sharp(randomBytes(300 * 300 * 3), { raw });
		const pictures = await Promise.all(Array.from({ length: pages }, () => noise().jpeg({ quality: 90 }).toBuffer()));
		return pdfOf((pdf) =>
			pictures.forEach((picture) => pdf.addPage({ size: [480, 480] }).image(picture, 0, 0, { width: 480 }))
		);
	};

	it('is made if the document is over 2 MB, and is below 2 MB', async () => {
		const document = await pictured(await coloured(6));
		expect(document.bytes.length).toBeGreaterThan(FORWARD_BYTES);
		const copy = await forwardCopy(document.bytes);
		expect(copy?.length).toBeLessThanOrEqual(FORWARD_BYTES);
		expect(Math.abs((copy?.length ?? 0) / (document.forwardBytes ?? 1) - 1)).toBeLessThan(0.05);
		expect((await getDocumentProxy(new Uint8Array(copy ?? []))).numPages).toBe(6);
	});

	it('is not made for a small document, or if 96 dpi is still too large', async () => {
		expect((await pictured(await pdfPages('Kecil'))).forwardBytes).toBeNull();
		const { bytes } = await pictured(await coloured(1));
		expect(await forwardCopy(bytes, bytes.length / 2)).toBeDefined();
		expect(await forwardCopy(bytes, bytes.length / 10)).toBeUndefined();
	});
});

describe('a PDF made to overload the site', () => {
	const shared = (levels: number) =>
		rawPdf(
			PAGES,
			...Array.from({ length: levels }, (_, at) => `<</Type/Pages/Kids[${at + 3} 0 R ${at + 3} 0 R]/Count 1>>`),
			page()
		);
	const stream = (more: string, data: Buffer) =>
		`<<${more}/Length ${data.length}>>\nstream\n${data.toString('latin1')}\nendstream`;
	const drawing = (content: string) =>
		rawPdf(PAGES, ONE_PAGE, page('/Contents 4 0 R'), stream('', Buffer.from(content)));

	it('is refused when its time is used up', async () => {
		const dashes = drawing('0.001 w [0.0001 0.0001] 0 d 0 0 m 200 200 l S '.repeat(200));
		const refused = await eachPdfPage(dashes, async () => {}, { seconds: 0.5 }).catch((cause: unknown) => cause);
		expect(refused).toBeInstanceOf(PdfRefused);
		expect(refused).toMatchObject({ fault: 'too_complex' });
		expect(await problem(await pdfPages('Sesudahnya'))).toBe('taken');
	});

	it('is refused when its memory is used up', async () => {
		const zeros = deflateSync(Buffer.alloc(30_000_000));
		const contents = page(`/Contents[${'4 0 R '.repeat(100)}]`);
		const repeated = rawPdf(PAGES, ONE_PAGE, contents, stream('/Filter/FlateDecode', zeros));
		expect(await problem(repeated)).toBe('pdf_too_complex');
		const start = '%PDF-1.5\n1 0 obj\n<</Type/Catalog>>\nendobj\n';
		const data = deflateSync(Buffer.alloc(0)).toString('latin1');
		const table = `4 0 obj\n<</Type/XRef/Size 15000000/Index[0 15000000]/W[0 0 0]/Root 1 0 R/Filter/FlateDecode/Length ${data.length}>>\nstream\n${data}\nendstream\nendobj\nstartxref\n${start.length}\n%%EOF\n`;
		expect(await problem(Buffer.from(start + table, 'latin1'))).toMatch(/^pdf_(too_complex|broken)$/);
	});

	it('with 40 levels of shared pages, many names or a huge page is rendered or refused in time', async () => {
		const names = Array.from({ length: 180_000 }, (_, at) => `/N${at} 0`).join(' ');
		const files = [
			shared(40),
			rawPdf(`<</Type/Catalog/Pages 2 0 R/X<<${names}>>>>`, ONE_PAGE, page()),
			rawPdf(PAGES, ONE_PAGE, '<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000000000 1000000000]>>'),
			rawPdf(PAGES, ONE_PAGE, '<</Type/Page/Parent 2 0 R/MediaBox[0 0 100000000 1]>>')
		];
		for (const file of files) expect(await problem(file)).toMatch(/^(taken|pdf_broken|pdf_too_complex)$/);
	});
});

/** A PDF with all its streams decompressed, if zlib can. */
function uncompressed(bytes: Buffer): string {
	const parts = [bytes.toString('latin1')];
	for (const { index } of parts[0]?.matchAll(/stream\r?\n/g) ?? []) {
		try {
			const from = bytes.indexOf('\n', index) + 1;
			const packed = bytes.subarray(from, bytes.indexOf('endstream', from));
			parts.push(inflateSync(packed, { finishFlush: 2 }).toString('latin1'));
		} catch {
			// Not a deflated stream. It is in the first part unchanged.
		}
	}
	return parts.join('\n');
}
