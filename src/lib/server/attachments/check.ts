import { fileTypeFromBuffer } from 'file-type';
import { displayName, givenName } from './display-name.ts';
import { cleanImage, MAX_PIXELS } from './images.ts';
import { MAX_PDF_PAGES } from './pdf-pages.ts';
import { MAX_PDF_BYTES, picturePdf, type PdfProblem } from './picture-pdf.ts';
import { acceptedLabels, claimsAccepted, kindOfType, namesAgree, type Kind } from './kinds.ts';
import { turnstile } from './turnstile.ts';
import { MAX_FILE_BYTES } from '#lib/server/uploads/handover.ts';

const MEGABYTE = 1024 * 1024;

/** A file as it came with a form or call. `name` and `type` are what the sender says; either may be empty. */
export interface SentFile {
	name: string;
	type: string;
	bytes: Uint8Array;
}
export type CleanFile = {
	bytes: Buffer;
	mediaType: 'image/jpeg' | 'image/png' | 'application/pdf';
	extension: 'jpg' | 'png' | 'pdf';
	displayName: string;
	width?: number;
	height?: number;
	/** Of a document made again from pictures: see PicturePdf. */
	text?: string | null;
	forwardBytes?: number | null;
};
/** Why a file is not taken; the parameters are for the sentence that says so. */
type FileProblem =
	| { problem: 'empty'; params: { name: string } }
	| { problem: 'too_large'; params: { name: string; limitMegabytes: number } }
	| { problem: 'too_many_pixels'; params: { name: string; megapixels: number; limitMegapixels: number } }
	/** `found` is what the content is (`PDF`, `ZIP`), empty where nobody knows. */
	| { problem: 'name_mismatch'; params: { name: string; found: string } }
	| { problem: 'unsupported'; params: { name: string; found: string; accepted: string } }
	| { problem: 'pdf_too_many_pages'; params: { name: string; pages: number; limitPages: number } }
	| { problem: 'undecodable' | 'pdf_encrypted' | 'pdf_too_complex' | 'pdf_broken'; params: { name: string } };
/** A citizen's PDF becomes pictures of its pages; the office's own is passed on as it is, for it may be signed. */
type PdfHandling = 'pictures' | 'as_sent' | 'refused';
type FileResult = { ok: CleanFile } | FileProblem;

/** Of the four threads that Node shares among pictures, files and passwords, one stays free. */
const oneOfThree = turnstile(3);

/**
 * Makes one uploaded file fit to be kept: a picture is redrawn from its pixels, a PDF becomes pictures of its pages unless
 * `pdf` says otherwise. What the content is decides; a name or declared type that says otherwise is a refusal. At most three
 * pictures and one PDF are worked on at a time. `position` numbers a file without a usable name.
 */
export async function cleanFile(
	file: SentFile,
	{ position = 1, pdf = 'pictures' }: { position?: number; pdf?: PdfHandling } = {}
): Promise<FileResult> {
	const name = givenName(file.name, position);
	if (file.bytes.length === 0) return { problem: 'empty', params: { name } };
	if (file.bytes.length > MAX_FILE_BYTES) return tooLarge(name, MAX_FILE_BYTES);
	const sniffed = await fileTypeFromBuffer(file.bytes);
	const kind = sniffed && kindOfType(sniffed.mime);
	const found = sniffed?.ext.toUpperCase() ?? '';
	if (!kind && claimsAccepted(file.name, file.type)) return { problem: 'name_mismatch', params: { name, found } };
	if (!kind || (kind.label === 'PDF' && pdf === 'refused')) {
		const accepted = acceptedLabels({ pdf: pdf !== 'refused' });
		return { problem: 'unsupported', params: { name, found, accepted } };
	}
	if (!namesAgree(kind, file.name, file.type)) {
		return { problem: 'name_mismatch', params: { name, found: kind.label } };
	}
	if (kind.label !== 'PDF') return oneOfThree(() => cleanPicture(file, kind, name, position));
	if (file.bytes.length > MAX_PDF_BYTES) return tooLarge(name, MAX_PDF_BYTES);
	const document = pdf === 'as_sent' ? { ok: { bytes: Buffer.from(file.bytes) } } : await picturePdf(file.bytes);
	if ('problem' in document) return pdfProblem(document, name);
	const shown = displayName(file.name, 'pdf', position);
	return { ok: { ...document.ok, mediaType: 'application/pdf', extension: 'pdf', displayName: shown } };
}

function pdfProblem({ problem, pageCount }: PdfProblem, name: string): FileProblem {
	if (problem !== 'pdf_too_many_pages') return { problem, params: { name } };
	return { problem, params: { name, pages: pageCount ?? MAX_PDF_PAGES + 1, limitPages: MAX_PDF_PAGES } };
}

async function cleanPicture(file: SentFile, kind: Kind, name: string, position: number): Promise<FileResult> {
	const result = await cleanImage(file.bytes, kind.mediaType);
	if ('ok' in result) {
		return { ok: { ...result.ok, displayName: displayName(file.name, result.ok.extension, position) } };
	}
	if (result.problem === 'undecodable') return { problem: 'undecodable', params: { name } };
	return {
		problem: 'too_many_pixels',
		params: { name, megapixels: result.megapixels, limitMegapixels: MAX_PIXELS / 1_000_000 }
	};
}

function tooLarge(name: string, limit: number): FileProblem {
	return { problem: 'too_large', params: { name, limitMegabytes: limit / MEGABYTE } };
}
