import { fileTypeFromBuffer } from 'file-type';
import { displayName, givenName } from './display-name.ts';
import { cleanImage, MAX_PIXELS } from './clean-image.ts';
import { MAX_PDF_PAGES } from './pdf-pages.ts';
import { MAX_PDF_BYTES, picturePdf } from './picture-pdf.ts';
import { acceptedLabels, claimsAccepted, kindOfType, namesAgree } from './kinds.ts';
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
export const FILE_PROBLEMS = [
	...(['empty', 'too_large', 'too_many_pixels', 'name_mismatch', 'unsupported', 'undecodable'] as const),
	...(['pdf_encrypted', 'pdf_too_many_pages', 'pdf_too_complex', 'pdf_broken'] as const)
];
/** Why a file is not taken, and the parameters of the sentence that says so. */
interface FileProblem {
	problem: (typeof FILE_PROBLEMS)[number];
	params: Record<string, string | number>;
}
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
	const refused = (problem: FileProblem['problem'], params: FileProblem['params'] = {}): FileProblem => ({
		problem,
		params: { name, ...params }
	});
	const { bytes } = file;
	if (bytes.length === 0) return refused('empty');
	if (bytes.length > MAX_FILE_BYTES) return refused('too_large', { limitMegabytes: MAX_FILE_BYTES / MEGABYTE });
	const sniffed = await fileTypeFromBuffer(bytes);
	const kind = sniffed && kindOfType(sniffed.mime);
	// What the content is (`PDF`, `ZIP`); empty where nobody knows.
	const found = sniffed?.ext.toUpperCase() ?? '';
	if (!kind && claimsAccepted(file.name, file.type)) return refused('name_mismatch', { found });
	if (!kind || (kind.label === 'PDF' && pdf === 'refused'))
		return refused('unsupported', { found, accepted: acceptedLabels({ pdf: pdf !== 'refused' }) });
	if (!namesAgree(kind, file.name, file.type)) return refused('name_mismatch', { found: kind.label });
	if (kind.label !== 'PDF') {
		const picture = await oneOfThree(() => cleanImage(bytes, kind.mediaType));
		if ('ok' in picture)
			return { ok: { ...picture.ok, displayName: displayName(file.name, picture.ok.extension, position) } };
		if (picture.problem === 'undecodable') return refused('undecodable');
		const { problem, megapixels } = picture;
		return refused(problem, { megapixels, limitMegapixels: MAX_PIXELS / 1_000_000 });
	}
	if (bytes.length > MAX_PDF_BYTES) return refused('too_large', { limitMegabytes: MAX_PDF_BYTES / MEGABYTE });
	const document = pdf === 'as_sent' ? { ok: { bytes: Buffer.from(bytes) } } : await picturePdf(bytes);
	if ('problem' in document) {
		const { problem, pageCount: pages = MAX_PDF_PAGES + 1 } = document;
		return refused(problem, problem === 'pdf_too_many_pages' ? { pages, limitPages: MAX_PDF_PAGES } : {});
	}
	const shown = displayName(file.name, 'pdf', position);
	return { ok: { ...document.ok, mediaType: 'application/pdf', extension: 'pdf', displayName: shown } };
}
