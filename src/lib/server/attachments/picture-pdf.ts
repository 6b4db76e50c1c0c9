import { buffer } from 'node:stream/consumers';
import PdfKit from 'pdfkit';
import sharp from 'sharp';
import { eachPdfPage, PdfRefused } from './pdf-pages.ts';
import type { PdfFault, RenderedPage } from './pdf-worker.ts';

export const MAX_PDF_BYTES = 8 * 1024 * 1024;
/** What LAPOR takes of one file: 2 MB in the smaller of its two meanings. */
export const FORWARD_BYTES = 2_000_000;

const QUALITY = 80;
/** Steps down for the copy that is forwarded: 120 dpi, and 96 dpi as the floor of what can still be read. */
const SMALLER = [
	{ scale: 0.8, quality: 60, mozjpeg: false },
	{ scale: 0.64, quality: 50, mozjpeg: true }
];
/** Characters kept of one document: as many as the search reads of a case. */
const MAX_TEXT = 120_000;
/** Longest side of a page in points; the format has no longer one. */
const MAX_POINTS = 14_400;

/** A page as a JPEG, and its size on paper. */
interface PagePicture {
	jpeg: Buffer;
	points: { width: number; height: number };
}

interface PicturePdf {
	bytes: Buffer;
	/** The text that can be seen on the pages, for screen readers and search; null if there is none. */
	text: string | null;
	/** Size of the copy that `forwardCopy` makes; null if the document itself is small enough, or no copy is. */
	forwardBytes: number | null;
}

type PdfProblem = { problem: `pdf_${PdfFault}`; pageCount?: number | undefined };

/**
 * Makes a document again from pictures of its pages (150 dpi): what a page shows stays, and nothing else does, no metadata,
 * script, attached file, font or earlier version.
 * @param bytes at most MAX_PDF_BYTES
 */
export async function picturePdf(bytes: Uint8Array): Promise<{ ok: PicturePdf } | PdfProblem> {
	const read = await pagePictures(bytes);
	if ('problem' in read) return read;
	const document = await pdfOf(read.pages);
	const smaller = document.length > FORWARD_BYTES ? await smallerPdf(read.pages, FORWARD_BYTES) : null;
	return { ok: { bytes: document, text: read.text, forwardBytes: smaller?.length ?? null } };
}

/** The document in at most `limit` bytes; undefined if its pages would no longer be readable. */
export async function forwardCopy(document: Uint8Array, limit = FORWARD_BYTES): Promise<Buffer | undefined> {
	const read = await pagePictures(document);
	return 'pages' in read ? ((await smallerPdf(read.pages, limit)) ?? undefined) : undefined;
}

/** The pages of a document as pictures, with the text on them. */
export async function pagePictures(
	bytes: Uint8Array
): Promise<{ pages: PagePicture[]; text: string | null } | PdfProblem> {
	// PDFium would quietly leave out the pages that a file cut short has lost.
	if (!Buffer.from(bytes.subarray(-2048)).includes('%%EOF')) return { problem: 'pdf_broken' };
	const pages: PagePicture[] = [];
	const texts: string[] = [];
	try {
		await eachPdfPage(bytes, async (page) => {
			pages.push({ jpeg: await jpegOf(page), points: fitted(page.points) });
			texts.push(page.text);
		});
	} catch (cause) {
		if (!(cause instanceof PdfRefused)) throw cause;
		return { problem: `pdf_${cause.fault}`, pageCount: cause.pages };
	}
	return { pages, text: plainText(texts.join('\n\n')) };
}

function jpegOf({ pixels, width, height }: RenderedPage): Promise<Buffer> {
	return sharp(pixels, { raw: { width, height, channels: 4 } })
		.removeAlpha()
		.jpeg({ quality: QUALITY })
		.toBuffer();
}

function fitted({ width, height }: PagePicture['points']): PagePicture['points'] {
	const scale = Math.min(1, MAX_POINTS / Math.max(width, height));
	return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
}

async function smallerPdf(pages: readonly PagePicture[], limit: number): Promise<Buffer | null> {
	for (const { scale, quality, mozjpeg } of SMALLER) {
		const smaller: PagePicture[] = [];
		for (const { jpeg, points } of pages) {
			const { width } = await sharp(jpeg).metadata();
			const picture = sharp(jpeg).resize({ width: Math.max(1, Math.round(width * scale)) });
			smaller.push({ jpeg: await picture.jpeg({ quality, mozjpeg }).toBuffer(), points });
		}
		const document = await pdfOf(smaller);
		if (document.length <= limit) return document;
	}
	return null;
}

/** A document of pictures alone. The same pictures give the same bytes, and it says of nobody or when it was made. */
function pdfOf(pages: readonly PagePicture[]): Promise<Buffer> {
	const pdf = new PdfKit({ autoFirstPage: false, info: { CreationDate: new Date(0) } });
	for (const { jpeg, points } of pages) {
		pdf.addPage({ size: [points.width, points.height], margin: 0 }).image(jpeg, 0, 0, points);
	}
	pdf.info = {};
	pdf.endMetadata = () => {};
	pdf.end();
	return buffer(pdf);
}

/** What a database and a screen reader can take: no control characters, lone halves of characters or runs of space. */
function plainText(text: string): string | null {
	const plain = text
		.toWellFormed()
		// PDFium marks a hyphen at the end of a line by this.
		.replace(/\ufffe\s*/g, '')
		.replace(/[^\P{C}\n]/gu, '')
		.replace(/[^\S\n]+/g, ' ')
		.replace(/ ?\n ?/g, '\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
	return plain.slice(0, MAX_TEXT).toWellFormed() || null;
}
