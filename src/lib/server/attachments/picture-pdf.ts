import { buffer } from 'node:stream/consumers';
import PdfKit from 'pdfkit';
import sharp from 'sharp';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { FORWARD_BYTES } from './picture-and-pdf-limits.ts';
import { eachPdfPage, PdfRefused } from './pdf-pages.ts';
import type { PdfFault, RenderedPage } from './pdf-worker.ts';

const QUALITY = 80;
/** Steps for the smaller copy that is forwarded: 120 dpi, then 96 dpi, below which text is hard to read. */
const SMALLER = [
	{ scale: 0.8, quality: 60, mozjpeg: false },
	{ scale: 0.64, quality: 50, mozjpeg: true }
];
/** Characters stored per document, as many as the search reads per case. */
const MAX_TEXT = 120_000;
/** Longest side of a page in points that the format allows. */
const MAX_POINTS = 14_400;

/** A page as a JPEG, and its size on paper. */
interface PagePicture {
	jpeg: Buffer;
	points: { width: number; height: number };
}

interface PicturePdf {
	bytes: Buffer;
	/** The visible text of the pages, for screen readers and search; null if there is none. */
	text: string | null;
	/** Size of the copy that `forwardCopy` makes; null if the document is small enough itself, or if no copy is. */
	forwardBytes: number | null;
}

type PdfProblem = { problem: `pdf_${PdfFault}`; pageCount?: number };

/**
 * Redraws a document as pictures of its pages (150 dpi). Everything visible stays. Metadata, scripts, attached files,
 * fonts and earlier versions are lost.
 *
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
	// PDFium would silently leave out the missing pages of a truncated file.
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

/** Makes a PDF of pictures only. The same pictures give the same bytes. It contains no author and no date. */
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

/**
 * Cleans a text for database and screen readers: no control characters, no halves of surrogate pairs, no runs of
 * spaces.
 */
function plainText(text: string): string | null {
	const plain = text
		.toWellFormed()
		// PDFium writes this character for a hyphen at the end of a line.
		.replace(/\ufffe\s*/g, '')
		.replace(/[^\P{C}\n]/gu, '')
		.replace(/[^\S\n]+/g, ' ')
		.replace(/ ?\n ?/g, '\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
	return firstCharacters(plain, MAX_TEXT) || null;
}
